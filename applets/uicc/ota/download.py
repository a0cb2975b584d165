"""The card's end of SCP80: short messages in, proofs of receipt out.

Spec: ETSI TS 102 225, 4 and 5; 3GPP TS 31.115, 4; TS 31.111, 7.1.1 (SMS-PP data download).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from vcard import SW, Command, Reply
from vcard.tlv import Tlv

from . import scripts
from .packet import (
    CommandPacket,
    Header,
    PacketError,
    PacketKeys,
    ResponsePacket,
    make_response,
    open_command,
)
from .parameters import Check, CounterRule, Receipt, Status
from .short_messages import COMMAND_PACKET, Assembly, read_envelope, submit

_LAST_COUNT = (1 << 40) - 1


class OtaKeys(PacketKeys, Protocol):
    """Keys and counters."""

    def count(self, version: int) -> int:
        """The highest counter accepted with keys of a version."""

    def counted(self, version: int, value: int) -> None:
        """Store a counter at once, so that a power cut does not undo it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An application that receives packets, with the least protection that it needs (SPI byte 1).

    `session` begins a session for one packet, with the version of its keys; `outgoing` are the
    instructions without data in the compact format. Without `keys` of its own an application uses
    those of the card.
    """

    session: Callable[[int, int], scripts.Execute]
    outgoing: frozenset[int]
    level: int = 0
    keys: OtaKeys | None = None


Send = Callable[[int, bytes], None]
"""Queues an SMS-SUBMIT on a port."""


class SmsDownload:
    """Receives SMS-PP downloads and passes packets to applications by their TARs."""

    def __init__(self, keys: OtaKeys, targets: Mapping[bytes, Target], send: Send) -> None:
        self._keys, self._targets, self._send = keys, targets, send
        self._assemblies: dict[int, Assembly] = {}

    def reset(self, port: int) -> None:
        """Discard an incomplete message."""
        self._assemblies.pop(port, None)

    def receive(self, port: int, item: Tlv) -> Reply:
        """Process the data of an ENVELOPE; return a proof of receipt, or nothing.

        6A80 if the message is malformed. A message without a packet is accepted and dropped.
        """
        try:
            user = read_envelope(item)
        except ValueError:
            return SW.WRONG_DATA
        if user is None or not (COMMAND_PACKET in user.elements or user.part):
            return None
        packet = self._assemblies.setdefault(port, Assembly()).add(user)
        if packet is None:
            return None
        try:
            header = Header.parse(packet)
        except ValueError:
            return SW.WRONG_DATA
        return self._answer(port, header, packet[: 2 + int.from_bytes(packet[:2], "big")])

    def _answer(self, port: int, header: Header, packet: bytes) -> Reply:
        counter, trusted = 0, False
        named = self._targets.get(header.tar)
        keys = self._keys if named is None or named.keys is None else named.keys
        try:
            command = open_command(packet, header, keys)
            counter = command.counter
            target = self._allowed(command, named, keys)
            trusted = True
            data, status = self._run(port, command, target), Status.OK
        except PacketError as error:
            data, status = b"", error.status
        wanted = header.spi.receipt
        if wanted is Receipt.NEVER or (wanted is Receipt.ON_ERROR and status is Status.OK):
            return None
        answer = ResponsePacket(header.tar, counter, status, data)
        made = make_response(answer, header, keys, secured=trusted)
        if not header.spi.receipt_by_submit:
            return made
        self._send(port, submit(made))
        return None

    def _allowed(self, command: CommandPacket, target: Target | None, keys: OtaKeys) -> Target:
        """Return the application, if the packet may reach it; raises PacketError."""
        if target is None:
            raise PacketError(Status.TAR_UNKNOWN)
        if not command.header.spi.suffices(target.level):
            raise PacketError(Status.INSUFFICIENT_SECURITY)
        self._check_counter(command, keys)
        return target

    def _check_counter(self, command: CommandPacket, keys: OtaKeys) -> None:
        """Check the counter by the packet's rule, and store it before any command runs."""
        rule = command.header.spi.counter
        if rule in (CounterRule.NONE, CounterRule.NOT_CHECKED):
            return
        version = self._version(command.header)
        last = keys.count(version)
        if last >= _LAST_COUNT:
            raise PacketError(Status.COUNTER_BLOCKED)
        if command.counter <= last:
            raise PacketError(Status.COUNTER_LOW)
        if rule is CounterRule.ONE_HIGHER and command.counter != last + 1:
            raise PacketError(Status.COUNTER_HIGH)
        keys.counted(version, command.counter)

    @staticmethod
    def _version(header: Header) -> int:
        """The version of the keys whose counter applies."""
        return header.kid.version if header.spi.check is Check.CRYPTOGRAPHIC else header.kic.version

    def _run(self, port: int, command: CommandPacket, target: Target) -> bytes:
        execute = target.session(port, self._version(command.header))
        try:
            return scripts.run(command.data, execute, target.outgoing)
        except SW as word:
            return b"\0" + word.raw


def plain_command(command: Command) -> Command:
    """Return a command as applications handle it: without channel and secure messaging."""
    cla = 0x80 if command.cla & 0x80 and command.cla != 0xA0 else command.cla & 0xA0
    return Command(cla, command.ins, command.p1, command.p2, command.data, command.le)
