"""Open and make command packets and response packets in short messages.

Both ends are here: the card opens commands and makes responses, `vcard sim ota` does the reverse.
Spec: ETSI TS 102 225, 5.1 (command packet), 5.2 (response packet); 3GPP TS 31.115, 4.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from typing import Protocol

from applets.shared.block_ciphers import BlockCipher

from . import algorithms
from .parameters import Check, KeyChoice, Spi, Status

TAR_SIZE, COUNTER_SIZE = 3, 5
_PLAIN_HEAD = 8  # CHL SPI SPI KIc KID TAR TAR TAR
_COMMAND_REST, _RESPONSE_REST = COUNTER_SIZE + 1, COUNTER_SIZE + 2  # counter, padding, status
RESPONSE_HEADER = bytes.fromhex("027100")
"""The user data header of a response packet; its checksum covers it."""


class PacketError(Exception):
    """A packet is refused; the proof of receipt carries the reason."""

    def __init__(self, status: Status) -> None:
        super().__init__(status.name)
        self.status = status


@dataclass(frozen=True, slots=True)
class PacketKey:
    """A key for AES, or else for DES."""

    value: bytes = field(repr=False)
    aes: bool = False

    def cipher(self, choice: KeyChoice) -> BlockCipher:
        """The cipher that KIc or KID selects; ValueError if the key does not fit it."""
        return algorithms.cipher(choice.algorithm, self.value, aes=self.aes)


class PacketKeys(Protocol):
    """The keys of packets, by version."""

    def kic(self, version: int) -> PacketKey | None:
        """The key for ciphering."""

    def kid(self, version: int) -> PacketKey | None:
        """The key for checksums."""


@dataclass(frozen=True, slots=True)
class Header:
    """The fields that both packets of an exchange share."""

    spi: Spi
    kic: KeyChoice
    kid: KeyChoice
    tar: bytes

    @classmethod
    def parse(cls, packet: bytes) -> Header:
        """Parse the plain header of a command packet, after its length; ValueError if malformed."""
        if len(packet) < 2 + _PLAIN_HEAD:
            raise ValueError("the packet is cut short")
        spi = Spi.parse(packet[3:5])
        kic, kid = KeyChoice.parse(packet[5]), KeyChoice.parse(packet[6])
        return cls(spi, kic, kid, packet[7:10])

    def __bytes__(self) -> bytes:
        return bytes(self.spi) + bytes((int(self.kic), int(self.kid))) + self.tar

    def check_size(self, check: Check) -> int:
        """The length of a checksum in bytes; ValueError if the algorithm is unknown."""
        if check is Check.REDUNDANCY:
            return len(algorithms.redundancy(self.kid.algorithm, b""))
        return 0 if check is Check.NONE else algorithms.MAC_SIZE

    def checksum(self, check: Check, keys: PacketKeys, data: bytes) -> bytes:
        """The checksum of data; ValueError without a key for it."""
        if check is Check.NONE:
            return b""
        if check is Check.REDUNDANCY:
            return algorithms.redundancy(self.kid.algorithm, data)
        key = keys.kid(self.kid.version)
        if key is None or check is Check.SIGNATURE:
            raise ValueError("there is no key for the checksum")
        return algorithms.mac(key.cipher(self.kid), data)

    def cipher(self, keys: PacketKeys) -> BlockCipher:
        """The cipher of the packet; ValueError without a key for it."""
        key = keys.kic(self.kic.version)
        if key is None:
            raise ValueError("there is no key for ciphering")
        return key.cipher(self.kic)


@dataclass(frozen=True, slots=True)
class CommandPacket:
    """A command packet in clear."""

    header: Header
    counter: int
    data: bytes


def open_command(packet: bytes, header: Header, keys: PacketKeys) -> CommandPacket:
    """Decipher and check a command packet; raises PacketError."""
    plain = _deciphered(packet[2 + _PLAIN_HEAD :], header, keys)
    try:
        size = header.check_size(header.spi.check)
        given = plain[_COMMAND_REST : _COMMAND_REST + size]
        data = plain[_COMMAND_REST + size :]
        covered = packet[: 2 + _PLAIN_HEAD] + plain[:_COMMAND_REST] + data
        expected = header.checksum(header.spi.check, keys, covered)
    except ValueError:
        raise PacketError(Status.SECURITY_ERROR) from None
    padding = plain[COUNTER_SIZE] if len(plain) > COUNTER_SIZE else 0
    if not hmac.compare_digest(given, expected):
        raise PacketError(Status.CHECK_FAILED)
    if len(plain) < _COMMAND_REST + size or padding > len(data):
        raise PacketError(Status.CIPHERING_ERROR)
    counter = int.from_bytes(plain[:COUNTER_SIZE], "big")
    return CommandPacket(header, counter, data[: len(data) - padding])


def _deciphered(rest: bytes, header: Header, keys: PacketKeys) -> bytes:
    if not header.spi.ciphered:
        return rest
    try:
        return algorithms.decrypt(header.kic.algorithm, header.cipher(keys), rest)
    except ValueError:
        raise PacketError(Status.CIPHERING_ERROR) from None


def make_command(header: Header, counter: int, data: bytes, keys: PacketKeys) -> bytes:
    """Make a command packet with its length; ValueError without the keys for it."""
    spi = header.spi
    size = header.check_size(spi.check)
    padding = _padding(_COMMAND_REST + size + len(data), header, keys) if spi.ciphered else 0
    data += bytes(padding)
    rest = counter.to_bytes(COUNTER_SIZE, "big") + bytes((padding,))
    header_length = _PLAIN_HEAD - 1 + len(rest) + size
    head = bytes((header_length,)) + bytes(header)
    length = (len(head) + len(rest) + size + len(data)).to_bytes(2, "big")
    checksum = header.checksum(spi.check, keys, length + head + rest + data)
    secured = rest + checksum + data
    if spi.ciphered:
        secured = algorithms.encrypt(header.kic.algorithm, header.cipher(keys), secured)
    return length + head + secured


def _padding(size: int, header: Header, keys: PacketKeys) -> int:
    return -size % header.cipher(keys).block_size


@dataclass(frozen=True, slots=True)
class ResponsePacket:
    """A response packet in clear."""

    tar: bytes
    counter: int
    status: Status
    data: bytes = b""


def make_response(
    answer: ResponsePacket, header: Header, keys: PacketKeys, *, secured: bool = True
) -> bytes:
    """Make a response packet after its user data header; unsecured for an untrusted command."""
    check = header.spi.receipt_check if secured else Check.NONE
    ciphered = header.spi.receipt_ciphered and secured
    size = header.check_size(check)
    padding = _padding(_RESPONSE_REST + size + len(answer.data), header, keys) if ciphered else 0
    data = answer.data + bytes(padding)
    rest = answer.counter.to_bytes(COUNTER_SIZE, "big") + bytes((padding, answer.status))
    head = bytes((TAR_SIZE + len(rest) + size,)) + answer.tar
    length = (len(head) + len(rest) + size + len(data)).to_bytes(2, "big")
    checksum = header.checksum(check, keys, RESPONSE_HEADER + length + head + rest + data)
    body = rest + checksum + data
    if ciphered:
        body = algorithms.encrypt(header.kic.algorithm, header.cipher(keys), body)
    return RESPONSE_HEADER + length + head + body


def open_response(raw: bytes, header: Header, keys: PacketKeys) -> ResponsePacket:
    """Read a response packet after its user data header.

    ValueError if it is malformed or not authentic. A packet that is too short to be secured is read
    in clear: cards answer untrusted commands in this way.
    """
    if not raw.startswith(RESPONSE_HEADER) or len(raw) < 9:
        raise ValueError("this is no response packet")
    spi, head = header.spi, raw[len(RESPONSE_HEADER) :][:6]
    check, ciphered = spi.receipt_check, spi.receipt_ciphered
    size = header.check_size(check)
    if head[2] == TAR_SIZE + _RESPONSE_REST and size:
        check, size, ciphered = Check.NONE, 0, False
    plain = raw[len(RESPONSE_HEADER) + 6 :]
    if ciphered:
        plain = algorithms.decrypt(header.kic.algorithm, header.cipher(keys), plain)
    rest, given, data = plain[:7], plain[7 : 7 + size], plain[7 + size :]
    expected = header.checksum(check, keys, RESPONSE_HEADER + head + rest + data)
    if len(rest) != _RESPONSE_REST or not hmac.compare_digest(given, expected):
        raise ValueError("the checksum of the response is wrong")
    end = len(data) - rest[COUNTER_SIZE]
    return ResponsePacket(
        head[3:], int.from_bytes(rest[:COUNTER_SIZE], "big"), Status(rest[-1]), data[:end]
    )
