"""The built-in SIM card, made from text options (see applets.catalogue)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from applets.globalplatform.cards import DEFAULT_KEY, loadable, security_domain
from applets.shared.file_system.tree import MF
from applets.shared.options import PROTOCOL, Options
from applets.shared.secure_channel.keys import KeySet, KeyType
from applets.uicc.aram.aram import Aram
from applets.uicc.aram.rule_files import rule_files
from vcard import Memory
from vcard.atr.values import T0

from . import kind
from .access_rules import read_rules
from .dumps import Dump, from_dump, read_dump
from .issuer_domain import SimIssuerDomain
from .models.table import MODELS, Model, on_model
from .sim import Sim
from .small_usim import from_table

_LONGEST_KEY = 32
ACRF = (MF, 0x7F80)
"""The ADF whose files hold the rules, named PKCS #15."""

DEMO = {
    "iccid": "8949000000000000018",
    "imsi": "001010000000001",
    "k": "465B5CE8B199B49FAA5F0A2EE238A6BC",
    "opc": "CD63CB71954A9F4E48A5994E37A02BAF",
    "provider": "vcard One",
}
"""The demo subscription; K and OPc are those of the first 3GPP test set, TS 35.208, 4.3."""


def create(memory: Memory | None, options: Options) -> Sim:
    """Make the SIM card: a USIM, and optionally an ISIM, for one subscription.

    The options are those of applets.sim.kind; `profile` is TOML text, which the others override,
    and `from` the text of a dump. Without them, missing settings are those of the demo
    subscription. ValueError for a wrong option.
    """
    protocols = PROTOCOL.of(options) or (T0,)
    level = kind.LEVEL.of(options) or b"\0"
    model = MODELS.get(kind.MODEL.of(options))
    dump = read_dump(kind.FROM.of(options)) if kind.FROM.of(options) else None
    table = _table(options)
    rules = read_rules(table.pop("access_rule", ()))
    in_files = bool(table.pop("acrf", False))
    one = from_table(table) if dump is None else from_dump(dump, table)
    if in_files:
        one = replace(one, files=(*one.files, *rule_files(ACRF, rules)))
    return Sim(
        one if model is None else on_model(one, model),
        protocols=protocols,
        memory=memory,
        atr=_atr(dump, model),
        model=model,
        domain=_domain(options),
        level=level[0],
        more=[Aram(() if in_files else rules)],
    )


def _atr(dump: Dump | None, model: Model | None) -> bytes:
    """The answer to reset of a dump or a model; empty for our own."""
    if dump is not None and dump.atr:
        return dump.atr
    return b"" if model is None else model.atr


def _domain(options: Options) -> SimIssuerDomain:
    """Make the security domain, with keys for packets and for sessions."""
    sessions = security_domain(options)
    sessions.factory += tuple(_packet_keys(options))
    return SimIssuerDomain(sessions, loadable=loadable(options))


def _packet_keys(options: Options) -> Iterator[KeySet]:
    """Yield key version 1 for Triple DES, 2 for AES: KIc, KID and KIK, or one key for all."""
    raw = kind.OTA_KEYS.of(options) or DEFAULT_KEY
    try:
        for version, cipher in ((1, KeyType.DES), (2, KeyType.AES)):
            made = KeySet.of(version, cipher, raw)
            if cipher is KeyType.AES or len(made.enc.value) < _LONGEST_KEY:
                yield made
    except ValueError as error:
        raise ValueError(f"ota_keys: {error}") from None


def _table(options: Options) -> dict[str, Any]:
    """Settings by name: those of a profile or the demo, overridden by the options."""
    text = kind.PROFILE.of(options)
    table: dict[str, Any] = tomllib.loads(text) if text else dict(DEMO)
    for setting in kind.SETTINGS:
        if setting.given(options):
            value = setting.of(options)
            table[setting.name] = value.hex() if isinstance(value, bytes) else value
    return table
