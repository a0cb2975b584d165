"""Make GlobalPlatform cards from text options, for the catalogue of built-in cards."""

from __future__ import annotations

from collections.abc import Callable

from applets import catalogue
from applets.shared.options import ATR, Options
from applets.shared.secure_channel import curves, scp02
from applets.shared.secure_channel.domain import Protocol, SecurityDomain
from applets.shared.secure_channel.keys import Key, KeySet, KeyType
from vcard import DEFAULT_ATR, Applet, Card, Memory

from .identity import Identity
from .issuer_domain import IssuerSecurityDomain
from .kind import APPLETS, BARE, I_PARAMETER, KEYS, KVN, LOADABLE, SCP, SCP11, TRIES

DEFAULT_KEY = bytes(range(0x40, 0x50))
DEFAULTS = {2: (0x55, 0x20, KeyType.DES), 3: (0x70, 0x30, KeyType.AES)}
"""Parameter, key version and key type of each protocol; hosts expect versions in these ranges."""

SCP11B_KEY = (0x01, 0x13)


def create(memory: Memory | None, options: Options) -> Card:
    """Make a card with an ISD; ValueError for a wrong option."""
    domain = security_domain(options)
    identity = Identity(bare=BARE.of(options), scp11=SCP11.of(options))
    manager = IssuerSecurityDomain(domain, identity=identity, loadable=loadable(options))
    more = [_maker(name)() for name in _names(APPLETS.of(options))]
    atr = ATR.of(options)
    card = Card(manager, *more, atr=DEFAULT_ATR if atr is None else atr, memory=memory)
    if SCP11.of(options) and SCP11B_KEY not in domain.keys:
        domain.keys.put(*SCP11B_KEY, _new_pair())
    return card


def security_domain(options: Options) -> SecurityDomain:
    """Return the keys and protocols that the options name; ValueError for a wrong option."""
    return SecurityDomain(_protocols(options), _key_sets(options), tries=TRIES.of(options) or None)


def loadable(options: Options) -> dict[str, Callable[[], Applet]]:
    """Return the applets that a load file may name; ValueError for an unknown name."""
    return {name: _maker(name) for name in _names(LOADABLE.of(options))}


def _new_pair() -> Key:
    return curves.generate(0)[0]


def _protocols(options: Options) -> list[Protocol]:
    numbers, i = SCP.of(options), I_PARAMETER.of(options)
    if i is not None and len(numbers) > 1:
        raise ValueError("i is for a card with one protocol (scp=02, scp=03)")
    return [Protocol(number, DEFAULTS[number][0] if i is None else i[0]) for number in numbers]


def _key_sets(options: Options) -> list[KeySet]:
    """Make a key set for each protocol; SCP02 has keys of 16 bytes."""
    raw, kvn = KEYS.of(options) or DEFAULT_KEY, KVN.of(options)
    numbers = SCP.of(options)
    if kvn and len(numbers) > 1:
        raise ValueError("kvn is for a card with one protocol (scp=02, scp=03)")
    try:
        sets = [KeySet.of(kvn or DEFAULTS[one][1], DEFAULTS[one][2], raw) for one in numbers]
    except ValueError:
        sets = []
    if not sets or (scp02.PROTOCOL in numbers and len(sets[0].enc.value) != 16):
        raise ValueError("keys have 16 bytes each; for SCP03 alone also 24 or 32")
    return sets


def _names(text: str) -> list[str]:
    return [name for name in text.split(",") if name]


def _maker(name: str) -> Callable[[], Applet]:
    alone = {one.name: one.applet for one in catalogue.kinds() if one.applet}
    if name not in alone:
        raise ValueError(f"no applet is named {name!r}; there are {', '.join(alone)}")
    made = alone[name]
    assert made is not None
    return made
