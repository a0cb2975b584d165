"""Short messages from the phone to the card: SMS-DELIVER in an envelope.

Spec: 3GPP TS 23.040, 9.2.2.1 (SMS-DELIVER), 9.2.3.24 (user data header); TS 31.115, 4 (packets);
ETSI TS 102 223, 7.1 and 3GPP TS 31.111, 7.1.1 (SMS-PP download).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vcard.tlv import Tlv, parse_all, tlv

SMS_PP_DOWNLOAD, SUBMIT_OBJECT = 0xD1, 0x8B
_TPDU_TAGS, _DEVICES, _ADDRESS = (0x8B, 0x0B), 0x82, 0x06
_NETWORK_TO_CARD = b"\x83\x81"
_HEADER_BIT, _DELIVER, _SUBMIT = 0x40, 0x00, 0x01
COMMAND_PACKET, _CONCATENATED, _CONCATENATED_16 = 0x70, 0x00, 0x08
DATA_DOWNLOAD, EIGHT_BIT_CLASS_2 = 0x7F, 0xF6
LONGEST = 140
_TIME = bytes.fromhex("22705200000000")


@dataclass(frozen=True, slots=True)
class UserData:
    """The user data of a message: the elements of its header by identifier, and the rest."""

    elements: dict[int, bytes]
    content: bytes

    @property
    def part(self) -> tuple[bytes, int, int] | None:
        """Reference, number of parts and part number of a concatenated message."""
        for kind, size in ((_CONCATENATED, 1), (_CONCATENATED_16, 2)):
            value = self.elements.get(kind, b"")
            if len(value) == size + 2:
                return value[:size], value[size], value[size + 1]
        return None


def read_envelope(item: Tlv) -> UserData | None:
    """The user data of an SMS-PP download; None if it has no header. ValueError if malformed."""
    tpdu = next((one.value for one in parse_all(item.value) if one.tag in _TPDU_TAGS), None)
    if tpdu is None:
        raise ValueError("the envelope has no short message")
    return read_deliver(tpdu)


def read_deliver(tpdu: bytes) -> UserData | None:
    """The user data of an SMS-DELIVER; None if it has no header. ValueError if malformed.

    The length field is ignored: the enclosing object has the length.
    """
    if len(tpdu) < 3:
        raise ValueError("the short message is cut short")
    address_end = 3 + (tpdu[1] + 1) // 2
    user = tpdu[address_end + 2 + len(_TIME) + 1 :]
    if not tpdu[0] & _HEADER_BIT:
        return None
    if not user or len(user) < 1 + user[0]:
        raise ValueError("the user data header is cut short")
    return UserData(_elements(user[1 : 1 + user[0]]), user[1 + user[0] :])


def _elements(raw: bytes) -> dict[int, bytes]:
    found, at = {}, 0
    while at + 1 < len(raw):
        found[raw[at]] = raw[at + 2 : at + 2 + raw[at + 1]]
        at += 2 + raw[at + 1]
    return found


@dataclass
class Assembly:
    """Puts the parts of a message together; one message at a time."""

    reference: bytes = b""
    parts: dict[int, bytes] = field(default_factory=dict)

    def add(self, user: UserData) -> bytes | None:
        """Add one message; return the whole content once all parts have arrived.

        A part of another message discards the parts of the previous one.
        """
        part = user.part
        if part is None:
            return user.content
        reference, total, number = part
        if reference != self.reference:
            self.reference, self.parts = reference, {}
        self.parts[number] = user.content
        if any(one not in self.parts for one in range(1, total + 1)):
            return None
        whole = b"".join(self.parts[one] for one in range(1, total + 1))
        self.reference, self.parts = b"", {}
        return whole


# The network


def envelopes(packet: bytes, address: str = "12345678") -> list[bytes]:
    """Make the data of the ENVELOPEs, one or more, that carry a command packet."""
    return [_envelope(tpdu) for tpdu in delivers(packet, address)]


def delivers(packet: bytes, address: str = "12345678") -> list[bytes]:
    """Make the SMS-DELIVERs that carry a command packet."""
    command = bytes((COMMAND_PACKET, 0))
    if len(packet) + 1 + len(command) <= LONGEST:
        return [_deliver(command, packet, address)]
    first = LONGEST - 1 - 5 - len(command)
    parts, at = [packet[:first]], first
    while at < len(packet):
        parts.append(packet[at : at + LONGEST - 6])
        at += LONGEST - 6
    concatenated = (bytes((_CONCATENATED, 3, 1, len(parts), n)) for n in range(1, len(parts) + 1))
    return [
        _deliver(element + (command if not at else b""), part, address)
        for at, (element, part) in enumerate(zip(concatenated, parts, strict=True))
    ]


def _deliver(header: bytes, content: bytes, address: str) -> bytes:
    user = bytes((len(header),)) + header + content
    head = bytes((_HEADER_BIT | _DELIVER,)) + _address(address)
    return head + bytes((DATA_DOWNLOAD, EIGHT_BIT_CLASS_2)) + _TIME + bytes((len(user),)) + user


def _address(digits: str) -> bytes:
    padded = digits + "F" * (len(digits) % 2)
    swapped = bytes.fromhex("".join(padded[i + 1] + padded[i] for i in range(0, len(padded), 2)))
    return bytes((len(digits), 0x81)) + swapped


def _envelope(tpdu: bytes) -> bytes:
    return tlv(
        SMS_PP_DOWNLOAD,
        tlv(_DEVICES, _NETWORK_TO_CARD),
        tlv(_ADDRESS, _address("12345678")[1:]),
        tlv(SUBMIT_OBJECT, tpdu),
    )


def submit(user: bytes, address: str = "12345678") -> bytes:
    """Make an SMS-SUBMIT for a proof of receipt; its user data begin with a header.

    Spec: 3GPP TS 23.040, 9.2.2.2.
    """
    head = bytes((_HEADER_BIT | _SUBMIT, 0)) + _address(address)
    return head + bytes((DATA_DOWNLOAD, EIGHT_BIT_CLASS_2, len(user))) + user
