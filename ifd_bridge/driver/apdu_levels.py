"""Exchange levels at which the reader takes APDUs, on the base of all levels of dwFeatures.

At the others the host runs the transmission protocol itself (host_protocol.py). A new level
subclasses Level; its hooks are all that the rest of the driver uses.

Spec: USB CCID 1.1, 5.1 (dwFeatures), 6.1.4 (wLevelParameter), 6.2.1 (bChainParameter).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import ClassVar, Final

from readers.ccid.descriptor import ExchangeLevel
from vcard.atr.atr import Atr
from vcard.compiled import mypyc_attr

from ..ifdh.api import CONTROL, Answer, Code
from .known_reader import KnownReader
from .link import NO_ANSWER, Link, Reply, read, whole

WHOLE, BEGINS, ENDS, CONTINUES, GO_ON = 0x00, 0x01, 0x02, 0x03, 0x10
_MORE_FOLLOWS: Final = (BEGINS, CONTINUES, GO_ON)
CAPACITY: Final = 65548
"""The longest response for a client: an extended one with its status word, and some more."""
NAD_CONTROL: Final = CONTROL + 3600
"""SCARD_CTL_CODE(3600): set and get the NAD of T=1 blocks, where the host makes them."""


@mypyc_attr(allow_interpreted_subclasses=True)
class Level:
    """One slot's exchange level. The hooks do nothing where the reader runs the protocol."""

    pps_level: ClassVar[int] = 0
    """wLevelParameter of a PPS request (how many bytes are wanted, at character level)."""

    def __init__(self, link: Link, reader: KnownReader) -> None:
        self.link = link
        self.reader = reader
        self.room = reader.room
        """The longest abData of a message."""

    def too_long(self, command: bytes) -> bool:
        """True if a command is longer than the reader is said to take, and the host believes it."""
        return self.reader.max_data is not None and len(command) > self.reader.max_data

    def powered(self) -> None:
        """Called after power-up or reset: restart the protocol."""

    def protocol_set(self, protocol: int, atr: Atr) -> Code:  # noqa: ARG002 - for levels that need it
        """SetParameters was done for `protocol` (1 T=0, 2 T=1): negotiate what is left."""
        return Code.SUCCESS

    def control(self, code: int, data: bytes) -> Answer | None:  # noqa: ARG002 - for levels that need it
        """A control code that belongs to the level; None if it does not."""
        return Answer(Code.NOT_SUPPORTED) if code == NAD_CONTROL else None

    def before_pin(self, apdu: bytes) -> bytes | None:  # noqa: ARG002 - for levels that need it
        """The bTeoPrologue for a PIN command; None to leave the caller's."""
        return None

    def after_pin(self, reply: Reply) -> Reply:
        """The response APDU in the reader's answer to a PIN command."""
        return reply

    def transmit(
        self,
        command: bytes,
        protocol: int,
        timeout_s: float | None = None,
    ) -> Answer:
        """Exchange an APDU; `protocol` is that of SCARD_IO_HEADER (0, 1; 16 for raw)."""
        raise NotImplementedError


@mypyc_attr(allow_interpreted_subclasses=True)
class ShortApdu(Level):
    """The reader takes short APDUs, each in one message."""

    def transmit(
        self,
        command: bytes,
        protocol: int,  # noqa: ARG002 - the reader knows which protocol it runs
        timeout_s: float | None = None,
    ) -> Answer:
        """Exchange an APDU; COMMUNICATION_ERROR if it is longer than a message."""
        if self.too_long(command):
            return Answer(Code.COMMUNICATION_ERROR)
        raw = self.link.ask(command, timeout_s)
        answer = whole(raw)
        if answer is None:
            reply = read(raw)
            answer = Answer(reply.code, reply.data)
        return answer


@mypyc_attr(allow_interpreted_subclasses=True)
class ExtendedApdu(Level):
    """The reader takes APDUs of any length, in as many messages as they need."""

    def transmit(
        self,
        command: bytes,
        protocol: int,  # noqa: ARG002 - the reader knows which protocol it runs
        timeout_s: float | None = None,
    ) -> Answer:
        """Exchange an APDU of up to 64 KiB each way."""
        room = self.room
        if len(command) <= room:
            raw = self.link.ask(command, timeout_s)
            answer = whole(raw)
            if answer is not None:
                return answer
            reply = read(raw)
        else:
            reply = self._send_pieces(command, room, timeout_s)
        if reply.ok and reply.extra in _MORE_FOLLOWS:
            return self._receive_pieces(reply, timeout_s)
        return Answer(reply.code, reply.data)

    def _send_pieces(self, command: bytes, room: int, timeout_s: float | None) -> Reply:
        """The answer to the last piece; those before must be answered with nothing."""
        if not room:
            return NO_ANSWER
        *before, last = pieces(command, room)
        for level, piece in before:
            reply = self.link.block(piece, level, timeout_s=timeout_s)
            if not reply.ok:
                return reply
            if reply.data:
                return Reply(Code.ERROR_INSUFFICIENT_BUFFER)
        return self.link.block(last[1], last[0], timeout_s=timeout_s)

    def _receive_pieces(self, reply: Reply, timeout_s: float | None) -> Answer:
        """Ask for the rest of a response, up to what a client can take.

        A reader that sends nothing and promises more is asked 16 times in a row, no more.
        """
        response, patience = bytearray(reply.data), 16
        while reply.extra in _MORE_FOLLOWS and patience and len(response) <= CAPACITY:
            reply = self.link.block(b"", GO_ON, timeout_s=timeout_s)
            if not reply.ok:
                return Answer(reply.code)
            response += reply.data
            patience = 16 if reply.data else patience - 1
        if len(response) > CAPACITY:
            return Answer(Code.ERROR_INSUFFICIENT_BUFFER)
        return Answer(Code.SUCCESS, bytes(response)) if patience else Answer(NO_ANSWER.code)


def pieces(command: bytes, room: int) -> Iterator[tuple[int, bytes]]:
    """The wLevelParameter and abData of the messages that carry a command longer than `room`."""
    for start in range(0, len(command), room):
        last = start + room >= len(command)
        level = BEGINS if start == 0 else ENDS if last else CONTINUES
        yield level, command[start : start + room]


def _character(link: Link, reader: KnownReader) -> Level:
    from .character_level import CharacterLevel  # T=0 and T=1 only where a reader needs them

    return CharacterLevel(link, reader)


def _tpdu(link: Link, reader: KnownReader) -> Level:
    from .tpdu_level import TpduLevel  # the same

    return TpduLevel(link, reader)


LEVELS: dict[ExchangeLevel, Callable[[Link, KnownReader], Level]] = {
    ExchangeLevel.CHARACTER: _character,
    ExchangeLevel.TPDU: _tpdu,
    ExchangeLevel.SHORT_APDU: ShortApdu,
    ExchangeLevel.EXTENDED_APDU: ExtendedApdu,
}


def level_for(link: Link, reader: KnownReader) -> Level:
    """Create the level of a reader."""
    return LEVELS[reader.level](link, reader)
