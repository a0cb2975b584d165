"""Security domains, remote management and an ARA-M as elements of packages, and cards with them."""

from __future__ import annotations

from dataclasses import dataclass

from applets.esim import saip
from applets.esim.euicc import Euicc
from applets.esim.saip.applications import ARAM
from tests.kits.sim.ota import Server
from tests.kits.sim.terminal import Terminal
from vcard import Memory, tlv

from .package import with_elements
from .raw_package import element

MNO_SD = bytes.fromhex("A000000151000000")
SSD = bytes.fromhex("A00000055910100102736456616C7565")
PACKET_KEY, SESSION_KEY = bytes(range(16)), bytes(range(0x40, 0x50))
TOOLKIT = "0100000000020106" + "03B20100" + "00"
SSD_TOOLKIT = "0100000100000002011203" + "6C7565" + "00"
FULL, ADM1, NOTHING = b"\0", bytes.fromhex("02000100"), b"\xff"
RULE = tlv(0xE2, tlv(0xE1, tlv(0x4F), tlv(0xC1, bytes(range(20)))), tlv(0xE3, tlv(0xD0, b"\1")))


@dataclass(frozen=True)
class Made:
    """A key of a package."""

    version: int
    identifier: int
    value: bytes = PACKET_KEY
    kind: int = 0x88
    counter: int | None = None
    more: bytes = b""

    def __bytes__(self) -> bytes:
        part = tlv(0x30, tlv(0x80, bytes((self.kind,))), tlv(0x86, self.value))
        counter = b"" if self.counter is None else tlv(0x85, self.counter.to_bytes(5, "big"))
        return tlv(0x30, tlv(0x95, b"\x18"), tlv(0x82, bytes((self.identifier,))),
                   tlv(0x83, bytes((self.version,))), counter,
                   tlv(0x30, part, self.more))  # fmt: skip


def key_set(version: int, value: bytes = PACKET_KEY, kind: int = 0x88, **more) -> list[Made]:
    return [Made(version, number, value, kind, **more) for number in (1, 2, 3)]


PACKETS = [*key_set(1, kind=0x80), *key_set(2)]
SESSIONS = [*key_set(0x20, SESSION_KEY, 0x80), *key_set(0x30, SESSION_KEY)]


def instance(
    aid: bytes,
    *,
    domain: bytes = b"",
    privileges: str = "82DC00",
    life: int | None = 0x0F,
    parameters: bytes = b"",
    toolkit: str = "",
    data: tuple[bytes, ...] = (),
    tag: int = 0xA1,
) -> bytes:
    """Encode the installation of an application."""
    return tlv(
        tag,
        *(tlv(0x4F, one) for one in (aid, aid, aid, *([domain] if domain else []))),
        tlv(0x82, bytes.fromhex(privileges)),
        b"" if life is None else tlv(0x83, bytes((life,))),
        tlv(0xC9, parameters),
        tlv(0xEA, tlv(0x80, bytes.fromhex(toolkit))) if toolkit else b"",
        tlv(0x30, *(tlv(0x04, one) for one in data)) if data else b"",
    )


def domain(
    keys: list[Made] = PACKETS,
    *,
    aid: bytes = MNO_SD,
    protocols: str = "",
    stored: tuple[bytes, ...] = (),
    toolkit: str = TOOLKIT,
    **more,
) -> bytes:
    """A security domain; `protocols` are pairs of a number and "i"."""
    pairs = bytes.fromhex(protocols)
    parameters = b"".join(tlv(0x81, pairs[at : at + 2]) for at in range(0, len(pairs), 2))
    return element(
        6,
        instance(aid, parameters=parameters, toolkit=toolkit, **more),
        tlv(0xA2, *(bytes(key) for key in keys)) if keys else b"",
        tlv(0xA3, *(tlv(0x04, one) for one in stored)) if stored else b"",
    )


def remote_files(
    tar: str = "B00120",
    *,
    owner: bytes = b"",
    level: int = 0x06,
    card: tuple[bytes, bytes] = (FULL, FULL),
    adf: bytes = b"",
    inside: tuple[bytes, bytes] = (FULL, FULL),
    aid: str = "A00000055910100001",
) -> bytes:
    """Remote file management."""
    return element(
        7,
        tlv(0x4F, bytes.fromhex(aid)),
        tlv(0x4F, owner) if owner else b"",
        tlv(0xA0, tlv(0x04, bytes.fromhex(tar))) if tar else b"",
        tlv(0x81, bytes((level,))),
        *(tlv(0x04, one) for one in card),
        tlv(0x30, tlv(0x80, adf), *(tlv(0x81 + n, one) for n, one in enumerate(inside)))
        if adf
        else b"",
    )


def access_rules(
    *data: bytes, parameters: bytes = b"", load: bool = False, aid: bytes = ARAM, **more
) -> bytes:
    """An ARA-M; `data` are what it is sent by STORE DATA."""
    made = instance(
        aid, privileges="000000", life=7, parameters=parameters, data=data, tag=0x30, **more
    )
    code = tlv(0xA1, tlv(0x4F, ARAM), tlv(0xE4, b"code")) if load else b""
    return element(8, code, tlv(0xA2, made))


def rule_data(rule: bytes = RULE) -> bytes:
    """Encode the data that add a rule to an ARA-M."""
    return tlv(0xF0, rule)


def card_with(*more: bytes, memory: Memory | None = None) -> Euicc:
    """A card with one enabled profile, with further elements in its package."""
    return Euicc((saip.decode(with_elements(*more)),), enable=1, memory=memory)


def terminal_with(*more: bytes, memory: Memory | None = None) -> Terminal:
    """A terminal at such a card."""
    return Terminal(card_with(*more, memory=memory))


def server(phone: Terminal, tar: str = "B00120", **more) -> Server:
    """A server of packets with the keys of version 2."""
    return Server(phone, tar=bytes.fromhex(tar), kic_value=PACKET_KEY, kid_value=PACKET_KEY, **more)
