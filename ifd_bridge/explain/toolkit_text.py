"""The toolkit of SIM cards explained: proactive commands, answers, envelopes, secured packets.

Spec: ETSI TS 102 223, 6 and 7; TS 102 225, 5 (packets). Packets are deciphered when their keys are
given; nothing is if they are not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from applets.uicc.ota.parameters import KeyChoice, Spi
from applets.uicc.ota.short_messages import COMMAND_PACKET, read_envelope
from applets.uicc.toolkit import Answer, Envelope, ProactiveCommand, read_command
from applets.uicc.toolkit.codes import PROACTIVE, SMS_DOWNLOAD, Tag
from vcard.command import Command
from vcard.explanation import Line
from vcard.tlv import Tlv

ENVELOPE, TERMINAL_RESPONSE = 0xC2, 0x14
_PLAIN = 10


@dataclass(frozen=True, slots=True)
class GivenKeys:
    """Keys that a user gives to read packets: for ciphering, and for checksums."""

    values: Mapping[str, bytes] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.values)


NO_KEYS = GivenKeys()


def about_command(command: Command) -> str:
    """Explain a command of the toolkit in a few words; empty for others."""
    if command.cla & 0xF0 not in (0x80, 0xA0) or not command.data:
        return ""
    try:
        if command.ins == ENVELOPE:
            return Envelope.read(Tlv.parse(command.data)).name
        if command.ins == TERMINAL_RESPONSE:
            return _about_answer(Answer.read(command.data))
    except ValueError:
        return ""
    return ""


def _about_answer(answer: Answer) -> str:
    details = answer.parts.get(Tag.COMMAND_DETAILS, b"")
    name = ProactiveCommand(details[1]).name if len(details) == 3 else "unknown command"
    return f"{name}: {'done' if answer.done else f'result {answer.result & 0xFF:02X}'}"


def about_data(data: bytes) -> str:
    """The name of a proactive command, and what it shows; empty for other data."""
    if data[:1] != bytes((PROACTIVE,)):
        return ""
    try:
        command = read_command(data)
    except ValueError:
        return ""
    shown = command.text and f' "{command.text}"'
    return f"{command.name}{shown}"


def lines(command: Command, at: int, depth: int, keys: GivenKeys = NO_KEYS) -> Iterator[Line]:
    """Explain the data of an ENVELOPE with a packet."""
    if command.ins != ENVELOPE or command.data[:1] != bytes((SMS_DOWNLOAD,)):
        return
    try:
        user = read_envelope(Tlv.parse(command.data))
    except ValueError:
        return
    if user is not None and COMMAND_PACKET in user.elements and len(user.content) >= _PLAIN:
        offset = at + command.data.rindex(user.content)
        yield from _packet(user.content, offset, depth, keys)


def _packet(raw: bytes, at: int, depth: int, keys: GivenKeys) -> Iterator[Line]:
    spi = Spi.parse(raw[3:5])
    kic, kid = KeyChoice.parse(raw[5]), KeyChoice.parse(raw[6])
    yield Line(at, raw, "command packet", f"{len(raw)} bytes", depth)
    wanted = [spi.check.name.lower(), "ciphered" if spi.ciphered else "in clear"]
    told = ", ".join((*wanted, f"counter {spi.counter.name.lower().replace('_', ' ')}"))
    yield Line(at + 3, raw[3:5], "SPI", f"checksum {told}", depth + 1)
    for offset, name, choice in ((5, "KIc", kic), (6, "KID", kid)):
        text = f"keys {choice.version}, algorithm {choice.algorithm:X}"
        yield Line(at + offset, raw[offset : offset + 1], name, text, depth + 1)
    yield Line(at + 7, raw[7:10], "TAR", raw[7:10].hex().upper(), depth + 1)
    if keys:
        yield from _opened(raw, at, depth + 1, keys)


def _opened(raw: bytes, at: int, depth: int, keys: GivenKeys) -> Iterator[Line]:
    """The packet in clear, or why it cannot be read."""
    from applets.uicc.ota.packet import Header, PacketError, PacketKey, open_command

    header = Header.parse(raw)

    class Known:
        """The given keys, as packets ask for them."""

        def kic(self, version: int) -> PacketKey | None:
            """The key for ciphering."""
            return _key(version, "kic", header.kic)

        def kid(self, version: int) -> PacketKey | None:
            """The key for checksums."""
            return _key(version, "kid", header.kid)

    def _key(_version: int, name: str, choice: KeyChoice) -> PacketKey | None:
        value = keys.values.get(name)
        return None if value is None else PacketKey(value, choice.algorithm == _AES)

    try:
        opened = open_command(raw, header, Known())
    except PacketError as error:
        words = error.status.name.lower().replace("_", " ")
        yield Line(at + _PLAIN, raw[_PLAIN:], "secured data", words, depth)
        return
    yield Line(at + _PLAIN, raw[_PLAIN:], "counter", str(opened.counter), depth)
    yield Line(at + _PLAIN, opened.data, "commands", opened.data.hex().upper(), depth)


_AES = 2


def proactive_lines(data: bytes, at: int, depth: int) -> Iterator[Line]:
    """A proactive command in words, before its data objects."""
    if words := about_data(data):
        yield Line(at, data, "proactive command", words, depth)
