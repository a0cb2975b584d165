"""The levels of exchange: here those of APDUs, at which the reader runs the protocol itself.

The host sends command APDUs. Below them it runs the protocol; these levels are in tpdu.py.

T=0 is reproduced as far as a program can see it: a command with data and without Le is answered
61xx, and the data wait in the reader for GET RESPONSE. A four-byte command gets its data at once,
since its P3 would be 00, which requests 256 bytes.

Spec: USB CCID 1.1, 6.1.4 (wLevelParameter), 6.2.1 (bChainParameter); ISO/IEC 7816-3, 12.2 (APDUs
over T=0).
"""

from __future__ import annotations

from functools import partial
from typing import Final

from ..ccid.codes import HEADER_SIZE, Error, Level
from ..ccid.descriptor import ExchangeLevel
from ..models.model import Model, Quirk
from ..slot import Exchange, Job, Refused, Reply

MAX_COMMAND: Final = 4 + 3 + 65535 + 2
MAX_RESPONSE: Final = 65536 + 2
GET_RESPONSE: Final = 0xC0
_WHOLE: Final = int(Level.WHOLE)  # a member of an enumeration is looked up slowly


class ShortApdu:
    """Short APDU level: one APDU for each message. `room` is the length of the longest abData."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.waiting = b""  # at T=0: what the card keeps for GET RESPONSE

    def reset(self) -> None:
        """Discard the data that wait for GET RESPONSE."""
        self.waiting = b""

    def renegotiated(self) -> None:
        """The protocol changed: discard the state of the previous one."""
        self.reset()

    def transfer(self, job: Job, level: int, data: bytes) -> Reply | None:
        """One command APDU, one response APDU."""
        if level:
            raise Refused(Error.BAD_LEVEL)
        return self.send(job, data)

    def send_pin(self, job: Job, prologue: bytes, command: bytes) -> Reply | None:  # noqa: ARG002 - no block at this level
        """The command with the PIN."""
        return self.send(job, command)

    def continue_pin(self, job: Job, operation: int, data: bytes) -> Reply | None:  # noqa: ARG002 - nothing to continue
        """Do nothing: this level has no block to repeat or to continue."""
        raise Refused(Error.BAD_DATA)

    def status_word(self, job: Job, answer: bytes) -> bytes:  # noqa: ARG002 - the same for all
        """The end of the response APDU."""
        return answer[-2:]

    def send(self, job: Job, command: bytes) -> Reply | None:
        """Exchange a whole command with the card."""
        slot = job.slot
        if slot.parameters.protocol == 0:
            return self._send_t0(job, command)
        response = job.exchange(command)
        if type(response) is bytes:
            return self.respond(response)
        return job.later(response, self.respond)

    def respond(self, response: bytes) -> Reply:
        """Return the response; refused if it is longer than a message."""
        if len(response) > self.room:
            raise Refused(Error.XFR_OVERRUN)
        return _WHOLE, response

    def _send_t0(self, job: Job, command: bytes) -> Reply | None:
        """T=0: a command without Le gets 61xx and its data wait for GET RESPONSE.

        Spec: ISO/IEC 7816-3, 12.2.4 (case 3 and 4 over T=0).
        """
        waiting, self.waiting = self.waiting, b""
        if waiting and len(command) > 3 and command[1] == GET_RESPONSE:
            wanted = command[4] if len(command) > 4 else 0
            return self.respond(self._hold(waiting, wanted or 256))
        then = self._keep if is_case_3(command) else self.respond
        return job.work(partial(job.card.exchange, command), then)

    def _keep(self, response: bytes) -> Reply:
        return self.respond(self._hold(response, 0))

    def _hold(self, response: bytes, wanted: int) -> bytes:
        """Return at most `wanted` bytes now and keep the rest."""
        data = response[:-2]
        if len(data) <= wanted:
            return response
        self.waiting = response[wanted:]
        return data[:wanted] + bytes((0x61, min(len(data) - wanted, 256) & 0xFF))


class ExtendedApdu(ShortApdu):
    """Short and extended APDU level: long APDUs travel in pieces."""

    def __init__(self, room: int) -> None:
        super().__init__(room)
        self.command: bytearray | None = None
        self.response = b""

    def reset(self) -> None:
        """Forget the pieces."""
        super().reset()
        self.command = None
        self.response = b""

    def transfer(self, job: Job, level: int, data: bytes) -> Reply | None:
        """Take a piece of a command APDU, or a request for more of the response."""
        if level == _WHOLE:
            self.command = None
            return self.send(job, data)
        if level == Level.EMPTY:
            return self._continue(data)
        return self._collect(job, level, data)

    def respond(self, response: bytes) -> Reply:
        """The response, or its first piece."""
        if len(response) > MAX_RESPONSE:
            raise Refused(Error.XFR_OVERRUN)
        self.response = b""
        if len(response) <= self.room:
            return _WHOLE, response
        self.response = response[self.room :]
        return Level.BEGIN, response[: self.room]

    def _continue(self, data: bytes) -> Reply:
        if data:
            raise Refused(Error.BAD_LENGTH)
        if not self.response:
            raise Refused(Error.BAD_LEVEL)
        piece, self.response = self.response[: self.room], self.response[self.room :]
        return (Level.MIDDLE if self.response else Level.END), piece

    def _collect(self, job: Job, level: int, data: bytes) -> Reply | None:
        if level == Level.BEGIN:
            self.command = bytearray()
        if self.command is None or level not in (Level.BEGIN, Level.MIDDLE, Level.END):
            raise Refused(Error.BAD_LEVEL)
        if not data and level != Level.END:
            raise Refused(Error.BAD_LENGTH)  # a host without room for data would go on for ever
        self.command += data
        if len(self.command) > MAX_COMMAND:
            self.command = None
            raise Refused(Error.XFR_OVERRUN)
        if level != Level.END:
            return Level.EMPTY, b""
        command = bytes(self.command)
        self.command = None
        return self.send(job, command)


def is_case_3(command: bytes) -> bool:
    """True for a command with data and without Le, short or extended."""
    size = len(command)
    if size < 6:
        return False
    if command[4]:
        return size == 5 + command[4]
    return size > 7 and size == 7 + int.from_bytes(command[5:7], "big")


def exchange_for(model: Model) -> Exchange:
    """Return the strategy for one slot.

    Pieces of a response are as long as the descriptor claims, since the host's buffer may be no
    longer; a whole response may be as long as the hardware's own buffer.
    """
    descriptor = model.descriptor
    level = descriptor.exchange_level
    if level < ExchangeLevel.SHORT_APDU:
        from . import tpdu  # few readers need T=0 and T=1

        return tpdu.LEVELS[level](model.room)
    if level is ExchangeLevel.SHORT_APDU and not model.has(Quirk.CHAINS_SHORT_APDU):
        return ShortApdu(model.room)
    return ExtendedApdu(max(1, descriptor.dwMaxCCIDMessageLength - HEADER_SIZE))
