"""APDUs over T=0 at the interface device's end: one APDU, several TPDUs.

Spec: ISO/IEC 7816-3, 12.2 (mapping of APDUs onto TPDUs); ISO/IEC 7816-4, 11.8.1 (GET RESPONSE),
11.8.2 (ENVELOPE).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..command import SHORT_MAX, Command

GET_RESPONSE, ENVELOPE = 0xC0, 0xC2
PIECE = 255
MORE, WRONG_LE = 0x61, 0x6C
OK = b"\x90\x00"
MAX_FETCHES = 1024
"""A card that returns single bytes is not asked without limit."""

Transmit = Callable[[bytes], bytes]


def transmit(apdu: bytes, tpdu: Transmit) -> bytes:
    """Send an APDU by TPDUs and return its response APDU.

    `tpdu` sends one TPDU and returns data and status word. Data of a command without Le are left
    for the caller's own GET RESPONSE (61xx). What is no APDU is sent as it stands.
    """
    try:
        command = Command.parse(apdu)
    except ValueError:
        return tpdu(apdu)
    long = len(command.data) > PIECE
    answer = _envelopes(apdu, command, tpdu) if long else tpdu(_first(command))
    if answer[-2] == WRONG_LE and not command.data:
        answer = tpdu(command.header + answer[-1:])
    return answer if command.le is None else _fetch(answer, command, tpdu)


def _first(command: Command) -> bytes:
    """The TPDU that begins a command of up to 255 bytes of data."""
    if command.data:
        return command.header + bytes((len(command.data),)) + command.data
    if command.le is None:
        return command.header
    return command.header + bytes((min(command.le, SHORT_MAX) & 0xFF,))


def _envelopes(apdu: bytes, command: Command, tpdu: Transmit) -> bytes:
    """Split a long command into ENVELOPEs; an empty one ends it if the last is full."""
    answer = OK
    for piece in _pieces(apdu):
        if answer != OK:
            break
        length = bytes((len(piece),))
        answer = tpdu(bytes((_class(command), ENVELOPE, 0, 0)) + length + piece)
    return answer


def _pieces(apdu: bytes) -> Iterator[bytes]:
    for start in range(0, len(apdu), PIECE):
        yield apdu[start : start + PIECE]
    if len(apdu) % PIECE == 0:
        yield b""


def _fetch(answer: bytes, command: Command, tpdu: Transmit) -> bytes:
    """Fetch all data announced by 61xx, at most Ne bytes."""
    data, sw = answer[:-2], answer[-2:]
    for _ in range(MAX_FETCHES):
        left = command.ne - len(data)
        if sw[0] != MORE or left <= 0:
            break
        wanted = min(sw[1] or SHORT_MAX, left) & 0xFF
        answer = tpdu(bytes((_class(command), GET_RESPONSE, 0, 0, wanted)))
        if answer[-2] == WRONG_LE:
            answer = tpdu(bytes((_class(command), GET_RESPONSE, 0, 0, answer[-1])))
        data, sw = data + answer[:-2], answer[-2:]
    return data + sw


def _class(command: Command) -> int:
    """The interindustry class of the command's channel, without secure messaging or chaining."""
    channel = command.class_byte.channel
    return channel if channel < 4 else 0x40 | (channel - 4)
