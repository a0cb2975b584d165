"""Reports of a FIDO HID interface in words.

Spec: CTAP 2.1, 11.2.4 (packets), 11.2.9 (commands).
"""

from __future__ import annotations

from applets.fido2 import codes
from applets.fido2.hid_packets import VENDOR, Command, Error, Packet

_HEAD = 2
"""Bytes of the length, which stands before a message's data in its first packet."""
_KEEP_ALIVES = {codes.PROCESSING: "processing", codes.USER_PRESENCE_NEEDED: "a touch is wanted"}


def report(raw: bytes, *, to_host: bool) -> tuple[str, str, bool | None]:
    """A report's name, its explanation, and False if it reports a failure."""
    packet = Packet.parse(raw)
    channel = f"channel {packet.channel:08X}"
    if not packet.first:
        return "CTAPHID", f"{channel}, continuation {packet.code}", None
    said, good = _said(packet, to_host=to_host)
    notes = (channel, f"{packet.length} bytes", said)
    return f"CTAPHID {_name(packet.command)}", ", ".join(filter(None, notes)), good


def _name(command: int) -> str:
    if command in tuple(Command):
        return Command(command).name
    return f"{'vendor' if command in VENDOR else 'command'} {command:02X}"


def _said(packet: Packet, *, to_host: bool) -> tuple[str, bool | None]:
    """Explain the first byte of a message's data."""
    data = packet.body[_HEAD : _HEAD + packet.length]
    if not data:
        return "", None
    if packet.command == Command.ERROR:
        return _named(Error, data[0]), False
    if packet.command == Command.KEEPALIVE:
        return _KEEP_ALIVES.get(data[:1], ""), None
    if packet.command != Command.CBOR:
        return "", None
    if not to_host:
        return _named(codes.Command, data[0]), None
    return status(data[0]), data[0] == codes.Status.SUCCESS


def status(value: int) -> str:
    """A status of CTAP2: its name, and what it says if that is an error."""
    name = _named(codes.Status, value)
    if value not in codes.MEANINGS or value == codes.Status.SUCCESS:
        return name
    return f"{name}: {codes.MEANINGS[codes.Status(value)]}"


def _named(kind: type[Command | Error | codes.Command | codes.Status], value: int) -> str:
    return kind(value).name if value in tuple(kind) else f"{value:02X}"
