"""One slot's link to its reader: commands, answers, time-outs and failures.

A host driver's work on the bulk pipes: it counts bSeq, waits as long as the card may take, grants
time extensions, and maps bError to codes of the IFD handler API. driver.py and the levels decide
what is sent.

Spec: USB CCID 1.1, 6.1 and 6.2.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from enum import IntEnum
from typing import Final, NamedTuple, Protocol

from readers.ccid.codes import ERROR, FAILED, HEADER_SIZE, ICC_MASK, IccStatus, MessageType
from readers.ccid.codes import Error as CcidError

from ..ifdh.api import Answer, Code, success

_HEADER: Final = struct.Struct("<BIBBBH")
"""bMessageType, dwLength, bSlot, bSeq, and three bytes of which two may be a number."""
_ANSWER: Final = struct.Struct("<xIxxBBB")
"""An answer's dwLength, bStatus, bError, and the byte that follows them."""


class Out(IntEnum):
    """The bMessageType of the commands that host drivers send."""

    SET_PARAMETERS = MessageType.PC_to_RDR_SetParameters
    ICC_POWER_ON = MessageType.PC_to_RDR_IccPowerOn
    ICC_POWER_OFF = MessageType.PC_to_RDR_IccPowerOff
    GET_SLOT_STATUS = MessageType.PC_to_RDR_GetSlotStatus
    SECURE = MessageType.PC_to_RDR_Secure
    ESCAPE = MessageType.PC_to_RDR_Escape
    XFR_BLOCK = MessageType.PC_to_RDR_XfrBlock


ICC_ACTIVE, ICC_INACTIVE, ICC_ABSENT = map(int, IccStatus)
_PIN_STATUS: Final = {CcidError.PIN_CANCELLED: b"\x64\x01", CcidError.PIN_TIMEOUT: b"\x64\x00"}
"""Spec: PC/SC Workgroup, part 10, 2.6 (what a client gets for a PIN entry that did not end)."""

DEFAULT_TIMEOUT_S: Final = 3.0


class Cable(Protocol):
    """The part of driver/cable.py's Cable that the driver uses."""

    def exchange(
        self,
        message: bytes,
        timeout_s: float,
        extended: Callable[[bytes], float | None],
        data: bytes | None,
    ) -> bytes:
        """Send a message, the header apart from its data, and wait for the answer; TimeoutError."""


class Reply(NamedTuple):
    """An answer of the reader, or the code that stands for its failure or absence.

    `status` and `error` are bStatus and bError, `extra` is the byte that follows them.
    """

    code: Code
    data: bytes = b""
    status: int = 0
    error: int = 0
    extra: int = 0

    @property
    def ok(self) -> bool:
        """True if the command was done."""
        return self.code is _SUCCESS

    @property
    def icc(self) -> int:
        """bmICCStatus: active, inactive or absent."""
        return self.status & ICC_MASK


# Members of an enumeration are looked up slowly; these two are wanted for every APDU.
_SUCCESS: Final = Code.SUCCESS
_XFR_BLOCK: Final = Out.XFR_BLOCK
NO_ANSWER: Final = Reply(Code.COMMUNICATION_ERROR)


class Link:
    """The pipes as one slot uses them. `timeout_s` is how long its card may take."""

    def __init__(self, cable: Cable, slot: int, sequence: Iterator[int]) -> None:
        self.timeout_s = DEFAULT_TIMEOUT_S
        self._exchange = cable.exchange
        self._extended = self._longer
        self._waits_s = DEFAULT_TIMEOUT_S
        self._slot = slot
        self._sequence = sequence

    def skip(self) -> None:
        """Use up a sequence number for a command that is not sent after all."""
        next(self._sequence)

    def command(
        self, kind: Out, data: bytes = b"", first: int = 0, timeout_s: float | None = None
    ) -> Reply:
        """A command to the reader; `first` is byte 7 of its header.

        A failure is COMMUNICATION_ERROR whatever bError says; `status` and `error` tell more.
        """
        raw = self._send(kind, data, first, 0, self.timeout_s if timeout_s is None else timeout_s)
        if raw is None:
            return NO_ANSWER
        _, status, error, extra = _ANSWER.unpack_from(raw)
        code = Code.COMMUNICATION_ERROR if status & FAILED else Code.SUCCESS
        return Reply(code, raw[HEADER_SIZE:], status, error, extra)

    def ask(self, data: bytes, timeout_s: float | None = None) -> bytes | None:
        """PC_to_RDR_XfrBlock; the answer as it came, for `whole` and `read`."""
        return self._send(
            _XFR_BLOCK, data, 0, 0, self.timeout_s if timeout_s is None else timeout_s
        )

    def block(
        self, data: bytes, level: int = 0, bwi: int = 0, timeout_s: float | None = None
    ) -> Reply:
        """PC_to_RDR_XfrBlock with its wLevelParameter and bBWI; see `card_command`."""
        return self.card_command(_XFR_BLOCK, data, level, bwi, timeout_s)

    def card_command(
        self,
        kind: Out,
        data: bytes,
        level: int = 0,
        bwi: int = 0,
        timeout_s: float | None = None,
    ) -> Reply:
        """A command that the card takes part in (XfrBlock, Secure).

        No card is ICC_NOT_PRESENT; a PIN entry that was cancelled or timed out is a success
        with 6401 or 6400; any other failure is COMMUNICATION_ERROR, with `error` to look at.
        """
        wait_s = self.timeout_s if timeout_s is None else timeout_s
        return read(self._send(kind, data, bwi, level, wait_s))

    def _send(
        self, kind: Out, data: bytes, first: int, last: int, timeout_s: float
    ) -> bytes | None:
        """Send and wait. A time extension of n lets the card take n times as long again."""
        sequence = next(self._sequence) & 0xFF
        header = _HEADER.pack(kind, len(data), self._slot, sequence, first, last)
        self._waits_s = timeout_s
        try:
            raw = self._exchange(header, timeout_s, self._extended, data)
        except TimeoutError:
            return None
        return raw if len(raw) >= HEADER_SIZE else None

    def _longer(self, answer: bytes) -> float:
        return self._waits_s * (answer[ERROR] or 1)


def whole(raw: bytes | None) -> Answer | None:
    """The answer to a client, if the reader's is a success and all in one; None if not."""
    if raw is None:
        return None
    length, status, _, chain = _ANSWER.unpack_from(raw)
    if chain or status & FAILED or len(raw) - HEADER_SIZE != length:
        return None
    return success(raw[HEADER_SIZE:])


def read(raw: bytes | None) -> Reply:
    """What the reader says to a command that the card takes part in (see `card_command`)."""
    if raw is None:
        return NO_ANSWER
    length, status, error, extra = _ANSWER.unpack_from(raw)
    if status & FAILED:
        return _failure(status, error, extra)
    if len(raw) - HEADER_SIZE != length:
        return NO_ANSWER
    return Reply(_SUCCESS, raw[HEADER_SIZE:], status, error, extra)


def _failure(status: int, error: int, extra: int) -> Reply:
    """Return a client's code for bError (the same as libccid's)."""
    if error in _PIN_STATUS:
        return Reply(Code.SUCCESS, _PIN_STATUS[CcidError(error)])
    absent = error == CcidError.ICC_MUTE and status & ICC_ABSENT
    code = Code.ICC_NOT_PRESENT if absent else Code.COMMUNICATION_ERROR
    return Reply(code, b"", status, error, extra)


def answer_of(reply: Reply) -> Answer:
    """The answer to a client: nothing but a code where the reader failed."""
    return Answer(reply.code, reply.data if reply.ok else b"")
