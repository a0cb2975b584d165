"""The built-in SIM card, made from text options (see applets.catalogue)."""

from __future__ import annotations

import inspect
import tomllib
from collections.abc import Mapping
from typing import Any

from applets.catalogue import known_options
from vcard import Memory

from .sim import Sim
from .small_usim import from_table, subscription
from .subscription import Subscription

DEMO = {
    "iccid": "8949000000000000018",
    "imsi": "001010000000001",
    "k": "465B5CE8B199B49FAA5F0A2EE238A6BC",
    "opc": "CD63CB71954A9F4E48A5994E37A02BAF",
    "provider": "vcard One",
}
"""The demo subscription; K and OPc are those of the first 3GPP test set, TS 35.208, 4.3."""
SETTINGS = tuple(name for name in inspect.signature(subscription).parameters if name != "file")
PROTOCOLS = {"t0": (0,), "t1": (1,), "both": (0, 1)}
_SWITCHES = ("isim", "pin_enabled")
_OFF = ("no", "0", "false", "off")


def create(memory: Memory | None, options: Mapping[str, str]) -> Sim:
    """The SIM card: a USIM, and an ISIM if wanted, for one subscription.

    Options: `iccid` and `imsi` (digits), `k` and `opc` (hex), `algorithm` (milenage, tuak or
    xor_test), `provider`, `isim`, `pin`, `pin_enabled`, `puk`, `adm`; `profile` (TOML text with
    the same settings and more files), which the options override; `protocol` (t0, t1 or both).
    Without a profile, the settings that are not named are those of the demo subscription.
    """
    known_options(options, (*SETTINGS, "profile", "protocol"), "sim")
    name = options.get("protocol", "t0").lower()
    if name not in PROTOCOLS:
        raise ValueError(f"protocol is t0, t1 or both, not {name!r}")
    return Sim(_subscription(options), protocols=PROTOCOLS[name], memory=memory)


def _subscription(options: Mapping[str, str]) -> Subscription:
    text = options.get("profile", "")
    table: dict[str, Any] = tomllib.loads(text) if text else dict(DEMO)
    for name in SETTINGS:
        if name in options:
            table[name] = _switch(options[name]) if name in _SWITCHES else options[name]
    return from_table(table)


def _switch(value: str) -> bool:
    return value.lower() not in _OFF
