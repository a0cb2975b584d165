"""The script in a packet: commands in the compact or the expanded format.

Spec: ETSI TS 102 226, 5.2.1 (compact), 5.2.2 (expanded remote command structure).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set

from vcard import SW, Command
from vcard.tlv import Tlv, parse_all, tlv

Execute = Callable[[Command], tuple[bytes, SW]]
"""Runs one command of a session; returns data and status word."""

GET_RESPONSE = 0xC0
_SCRIPT, _SCRIPT_INDEFINITE, _ANSWER, _ANSWER_INDEFINITE = 0xAA, 0xAE, 0xAB, 0xAF
_COMMAND, _RESPONSE, _COUNT, _BAD_FORMAT = 0x22, 0x23, 0x80, 0x90
_UNKNOWN_TAG, _WRONG_LENGTH = b"\x01", b"\x02"


def run(script: bytes, execute: Execute, outgoing: Set[int]) -> bytes:
    """Run a script; return the response in its format. `outgoing` are instructions without data."""
    if script[:1] in (bytes((_SCRIPT,)), bytes((_SCRIPT_INDEFINITE,))):
        return _expanded(script, execute)
    return _compact(script, execute, outgoing)


def _compact(script: bytes, execute: Execute, outgoing: Set[int]) -> bytes:
    """Run commands; return their number, the last status word and the last data.

    A command with an error ends the script. Response data wait for GET RESPONSE.
    """
    count, data, word, waiting = 0, b"", SW.OK, b""
    for command in compact_commands(script, outgoing):
        if command.ins == GET_RESPONSE:
            data, word = waiting[: command.ne], SW.OK
        else:
            data, word = execute(command)
            waiting = data
            if command.data or command.le is None:
                data, word = b"", _announced(waiting, word)
        count += 1
        if not _good(word):
            break
    return bytes((count & 0xFF,)) + word.raw + data


def _announced(waiting: bytes, word: SW) -> SW:
    return SW.bytes_left(len(waiting)) if waiting and word.ok else word


def _good(word: SW) -> bool:
    return word.ok or word.value >> 8 in (0x62, 0x63)


def compact_commands(script: bytes, outgoing: Set[int]) -> Iterator[Command]:
    """Yield the commands: header, P3, and P3 bytes of data unless the instruction has none.

    Raises 6700 for a truncated command.
    """
    at = 0
    while at < len(script):
        header = script[at : at + 5]
        if len(header) < 4:
            raise SW.WRONG_LENGTH
        cla, ins, p1, p2, p3 = header.ljust(5, b"\0")
        at += 5
        if ins in outgoing or ins == GET_RESPONSE:
            yield Command(cla, ins, p1, p2, b"", p3 or 256)
            continue
        data = script[at : at + p3]
        at += p3
        if len(data) < p3:
            raise SW.WRONG_LENGTH
        yield Command(cla, ins, p1, p2, data)


def _expanded(script: bytes, execute: Execute) -> bytes:
    """Run commands; return a response scripting template: their number, and a response for each."""
    definite = script[0] == _SCRIPT
    try:
        items = Tlv.parse(script).children if definite else parse_all(_body(script))
    except ValueError:
        return _answer(definite, 0, [tlv(_BAD_FORMAT, _WRONG_LENGTH)])
    answers: list[bytes] = []
    for count, item in enumerate(items):
        if item.tag != _COMMAND:
            return _answer(definite, count, [*answers, tlv(_BAD_FORMAT, _UNKNOWN_TAG)])
        try:
            data, word = execute(Command.parse(item.value))
        except ValueError:
            data, word = b"", SW.WRONG_LENGTH
        answers.append(tlv(_RESPONSE, data, word.raw))
        if not _good(word):
            break
    return _answer(definite, len(answers), answers)


def _body(script: bytes) -> bytes:
    """Parse a template of indefinite length, which 80 begins and two zero bytes end."""
    if script[1:2] != b"\x80" or not script.endswith(bytes(2)):
        raise ValueError("the template has no end")
    return script[2:-2]


def _answer(definite: bool, count: int, answers: list[bytes]) -> bytes:  # noqa: FBT001 - as the script was
    parts = tlv(_COUNT, bytes((count & 0xFF,))) + b"".join(answers)
    if definite:
        return tlv(_ANSWER, parts)
    return bytes((_ANSWER_INDEFINITE, 0x80)) + parts + bytes(2)
