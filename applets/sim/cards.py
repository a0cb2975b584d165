"""The built-in SIM card, made from text options (see applets.catalogue)."""

from __future__ import annotations

import tomllib
from typing import Any

from applets.globalplatform.cards import loadable, security_domain
from applets.shared.options import PROTOCOL, Options
from applets.uicc.aram.aram import Aram
from vcard import Applet, Memory
from vcard.atr.values import T0

from . import kind
from .issuer_domain import SimIssuerDomain
from .sim import Sim
from .small_usim import from_table
from .subscription import Subscription

DEMO = {
    "iccid": "8949000000000000018",
    "imsi": "001010000000001",
    "k": "465B5CE8B199B49FAA5F0A2EE238A6BC",
    "opc": "CD63CB71954A9F4E48A5994E37A02BAF",
    "provider": "vcard One",
}
"""The demo subscription; K and OPc are those of the first 3GPP test set, TS 35.208, 4.3."""


def create(memory: Memory | None, options: Options) -> Sim:
    """The SIM card: a USIM, and an ISIM if wanted, for one subscription.

    The options are those of applets.sim.kind; `profile` is TOML text, which the others override.
    Without it, the settings that are not named are those of the demo subscription. ValueError says
    what is wrong with one.
    """
    protocols = PROTOCOL.of(options) or (T0,)
    return Sim(_subscription(options), protocols=protocols, memory=memory, more=_applets(options))


def _applets(options: Options) -> list[Applet]:
    """What is on the card beside its files."""
    domain = SimIssuerDomain(security_domain(options), loadable=loadable(options))
    return [domain, Aram()]


def _subscription(options: Options) -> Subscription:
    text = kind.PROFILE.of(options)
    table: dict[str, Any] = tomllib.loads(text) if text else dict(DEMO)
    for setting in kind.SETTINGS:
        if setting.given(options):
            value = setting.of(options)
            table[setting.name] = value.hex() if isinstance(value, bytes) else value
    return from_table(table)
