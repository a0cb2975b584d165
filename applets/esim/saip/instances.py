"""Instances of applications and security domains: names, privileges, parameters.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.7.3;
GlobalPlatform Card Specification, 11.5 (parameters of INSTALL), UICC Configuration, 8.5 (those of a
security domain); ETSI TS 102 226, 8.2.1.3.2.2.1 (UICC toolkit parameters).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vcard.tlv import Tlv, parse_all

from .node import OCTETS, SEQUENCE, Node, items, malformed, octets

_AID, _PRIVILEGES, _LIFE, _PARAMETERS, _UICC = 0x4F, 0x82, 0x83, 0xC9, 0xEA
_TOOLKIT, _CHANNEL_PROTOCOL = 0x80, 0x81
_PROCESSED, _SELECTABLE = SEQUENCE, 0x07
_STORE_DATA = 0xE2
_LEAST_LEVEL = 0x01


@dataclass(frozen=True, slots=True)
class Instance:
    """The installation of an application.

    `domain` is the AID of its security domain (empty: the first one), `privileges` have one or
    three bytes. `parameters` are its own (tag C9), `toolkit` those of a toolkit application, `data`
    is sent to it by STORE DATA.
    """

    package: bytes
    module: bytes
    aid: bytes
    domain: bytes
    privileges: bytes
    life: int
    parameters: bytes = field(repr=False)
    toolkit: bytes = b""
    data: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def protocols(self) -> tuple[tuple[int, int], ...]:
        """Numbers and parameters "i" of the secure channel protocols requested for a domain."""
        found = data_objects(self.parameters)
        pairs = (one.value for one in found if one.tag == _CHANNEL_PROTOCOL)
        return tuple((pair[0], pair[1]) for pair in pairs if len(pair) == 2)

    @property
    def level(self) -> int:
        """The least protection of packets, as the first byte of the SPI; 0 if nothing is said."""
        level = self._addressing[0]
        return level[1] if len(level) > 1 and level[0] == _LEAST_LEVEL else 0

    @property
    def tars(self) -> tuple[bytes, ...]:
        """The names used in packets: its TARs, otherwise bytes 13 to 15 of its AID."""
        listed = self._addressing[1]
        tars = tuple(listed[at : at + 3] for at in range(0, len(listed) - 2, 3))
        return tars or tars_of(self.aid)

    @property
    def _addressing(self) -> tuple[bytes, bytes]:
        """The fields of the minimum security level and of the TARs."""
        raw = self.toolkit
        entries = raw[3] if len(raw) > 3 else 0
        at = 5 + 2 * entries  # priority, timers, text length, entries with their places, channels
        level, at = _counted(raw, at)
        return level, _counted(raw, at)[0]


def _counted(raw: bytes, at: int) -> tuple[bytes, int]:
    """A field behind its length, and where the next one is; empty beyond the end."""
    size = raw[at] if at < len(raw) else 0
    return raw[at + 1 : at + 1 + size], at + 1 + size


def tars_of(aid: bytes) -> tuple[bytes, ...]:
    """The TAR within an AID. Spec: ETSI TS 101 220, 6.2."""
    return (aid[12:15],) if len(aid) >= 15 else ()


def read_instance(node: Node) -> Instance:
    """Parse an instance: AIDs of load package, class, instance, perhaps domain, and the rest."""
    aids = [octets(child, 5, 16) for child in node.children if child.tag == _AID]
    found = {child.tag: child for child in node.children}
    if not 3 <= len(aids) <= 4 or _PRIVILEGES not in found:
        raise malformed("an instance has three or four AIDs and privileges", node.start)
    uicc = {one.tag: one.value for one in found[_UICC].children} if _UICC in found else {}
    sent = items(found[_PROCESSED], OCTETS) if _PROCESSED in found else ()
    package, module, aid, domain = (*aids, b"")[:4]
    return Instance(
        package,
        module,
        aid,
        domain,
        octets(found[_PRIVILEGES]),
        octets(found[_LIFE], 1, 1)[0] if _LIFE in found else _SELECTABLE,
        found[_PARAMETERS].value if _PARAMETERS in found else b"",
        uicc.get(_TOOLKIT, b""),
        tuple(_stored(octets(one)) for one in sent),
    )


def _stored(sent: bytes) -> bytes:
    """Return the data of STORE DATA; the package may contain the whole command."""
    is_command = len(sent) > 5 and sent[1] == _STORE_DATA and sent[0] in (0x00, 0x80, 0x84)
    return sent[5 : 5 + sent[4]] if is_command else sent


def data_objects(raw: bytes) -> list[Tlv]:
    """Parse the data objects in parameters; empty if they are malformed."""
    try:
        return parse_all(raw)
    except ValueError:
        return []
