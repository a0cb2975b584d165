"""Control transfers of a token without bulk endpoints, made into CCID messages to its reader.

Version A exchanges the characters of T=0, version B data blocks with a response type in front. Both
fetch later what a request has begun.

Spec: USB ICCD 1.0, 6.2 (version A) and 6.3 (version B).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from struct import Struct

from ..ccid.codes import HEADER_SIZE, MessageType, Version
from ..ccid.descriptor import PICKS_VOLTAGE
from ..models import Model
from .setup import Setup

_HEADER = Struct("<BIBBBH")
STATUS, ERROR, LEVEL = 7, 8, 9
"""Offsets in an answer: bStatus, bError, and the byte that is bChainParameter."""
_FAILED, _EXTENSION = 0x40, 0x80


class Request(IntEnum):
    """bRequest of the class requests of both versions. Spec: USB ICCD 1.0, 6.1."""

    ICC_POWER_ON = 0x62
    ICC_POWER_OFF = 0x63
    XFR_BLOCK = 0x65
    DATA_BLOCK = 0x6F
    SLOT_STATUS = 0x81
    GET_ICC_STATUS = 0xA0


class StatusA(IntEnum):
    """Status codes of version A: ready, waits for or has data, has SW1 SW2, computes, is mute."""

    READY = 0x00
    DATA = 0x10
    STATUS_WORDS = 0x20
    BUSY = 0x40
    MUTE = 0x80


COMPLETE, STATUS_INFORMATION, POLLING = 0x00, 0x40, 0x80
"""bResponseType of version B. Spec: USB ICCD 1.0, 6.3.2."""
_POLLING_10MS = 1
_NULL = 0x60

Send = Callable[[bytes], "bytes | None"]
"""Takes a message to the reader; the answer if it is there at once."""


class Token:
    """The class requests that both versions have in common."""

    def __init__(self, model: Model, send: Send) -> None:
        self._power_select = _power_select(model)
        self._send = send
        self._sequence = 0
        self._answer: bytes | None = None
        self.pending = False
        """True while a message that a request has sent is without its answer."""
        self.absent = False
        """True while the reader says that no card is in."""

    def reset(self) -> None:
        """Discard what was begun."""
        self._answer, self.pending = None, False

    def answered(self, message: bytes) -> None:
        """Keep the reader's answer until the host fetches it; a time extension is none."""
        if message[STATUS] & _EXTENSION:
            return
        self._answer, self.pending = message, False

    def request(self, setup: Setup, data: bytes) -> bytes | None:
        """Answer one class request with what it reads; None is a stall."""
        name = _HANDLERS.get((setup.reads, setup.bRequest))
        handler = None if name is None else getattr(self, name, None)
        return None if handler is None else handler(setup, data)

    def power_off(self, _setup: Setup, _data: bytes) -> bytes:
        """PowerOff: the card loses its supply."""
        self.message(MessageType.PC_to_RDR_IccPowerOff)
        self.reset()
        return b""

    def message(self, kind: int, data: bytes = b"", level: int = 0, first: int = 0) -> None:
        """Send one message; its answer is kept."""
        self._answer, self.pending = None, True
        self._sequence = (self._sequence + 1) & 0xFF
        answer = self._send(_HEADER.pack(kind, len(data), 0, self._sequence, first, level) + data)
        if answer is not None:
            self.answered(answer)

    @property
    def failed(self) -> bool:
        """True if the last command failed."""
        return self._answer is not None and bool(self._answer[STATUS] & _FAILED)


class TokenA(Token):
    """Version A: T=0 character by character, the token asks for data and tells its end."""

    def __init__(self, model: Model, send: Send) -> None:
        super().__init__(model, send)
        self._header = b""
        self._sends_data = False
        self._data = b""
        self._words = b""

    def power_on(self, _setup: Setup, _data: bytes) -> bytes | None:
        """PowerOn reads the ATR."""
        self._header = self._words = self._data = b""
        self.message(MessageType.PC_to_RDR_IccPowerOn, first=self._power_select)
        return None if self.failed or self._answer is None else self._answer[HEADER_SIZE:]

    def xfr_block(self, _setup: Setup, data: bytes) -> bytes | None:
        """XfrBlock: the header of a TPDU, or the data that the token waits for."""
        if self._sends_data and self._header:
            self._finish(self._characters(data, 2))
        elif len(data) == HEADER_LENGTH:
            self._header, self._words, self._data = data, b"", b""
            self._sends_data = False
            self._procedure(self._characters(data, 1))
        else:
            return None
        return b""

    def data_block(self, setup: Setup, _data: bytes) -> bytes | None:
        """DataBlock: what the card sends, or SW1 SW2."""
        if self._sends_data:
            le = self._header[4] or 256
            came = self._characters(b"", le + 2)
            self._data, self._words = came[:-2], came[-2:]
            self._sends_data = False
            return self._data[: setup.wLength]
        words, self._words = self._words, b""
        return words or None

    def status(self, _setup: Setup, _data: bytes) -> bytes:
        """GetIccStatus."""
        if self.pending:
            return bytes((StatusA.BUSY,))
        if self.absent or self.failed:
            return bytes((StatusA.MUTE,))
        if self._sends_data:
            return bytes((StatusA.DATA,))
        return bytes((StatusA.STATUS_WORDS if self._words else StatusA.READY,))

    def _characters(self, data: bytes, wanted: int) -> bytes:
        """Send characters and take as many as wanted; none if the card is mute."""
        self.message(MessageType.PC_to_RDR_XfrBlock, data, wanted)
        return b"" if self.failed or self._answer is None else self._answer[HEADER_SIZE:]

    def _procedure(self, came: bytes) -> None:
        """A procedure byte. Spec: ISO/IEC 7816-3, 10.3.3."""
        while came[:1] == bytes((_NULL,)):
            came = self._characters(b"", 1)
        if came[:1] == self._header[1:2]:
            self._sends_data = True
        else:
            self._finish(came)

    def _finish(self, came: bytes) -> None:
        """SW1 SW2, of which the second may have to be fetched."""
        self._sends_data = False
        self._words = came if len(came) != 1 else came + self._characters(b"", 1)


class TokenB(Token):
    """Version B: data blocks with a response type."""

    def power_on(self, _setup: Setup, _data: bytes) -> bytes | None:
        """PowerOn; the ATR is fetched by DataBlock."""
        self.message(MessageType.PC_to_RDR_IccPowerOn, first=self._power_select)
        return b""

    def xfr_block(self, setup: Setup, data: bytes) -> bytes | None:
        """XfrBlock: the level parameter is the high byte of wValue."""
        self.message(MessageType.PC_to_RDR_XfrBlock, data, setup.wValue >> 8)
        return b""

    def data_block(self, _setup: Setup, _data: bytes) -> bytes | None:
        """DataBlock: polling, a failure, or data with its chaining parameter in front."""
        if self.pending:
            return bytes((POLLING, _POLLING_10MS, 0))
        answer = self._answer
        if answer is None:
            return None
        if self.failed:
            return bytes((STATUS_INFORMATION, answer[STATUS], answer[ERROR], 0))
        chain = answer[LEVEL] if answer[0] == MessageType.RDR_to_PC_DataBlock else COMPLETE
        return bytes((chain,)) + answer[HEADER_SIZE:]

    def slot_status(self, _setup: Setup, _data: bytes) -> bytes:
        """SlotStatus: bmIccStatus in the second byte."""
        kept = self._answer, self.pending
        self.message(MessageType.PC_to_RDR_GetSlotStatus)
        status = self._answer[STATUS] & 3 if self._answer else 0
        self._answer, self.pending = kept
        return bytes((COMPLETE, status, 0))


HEADER_LENGTH = 5
"""CLA INS P1 P2 P3."""
_HANDLERS: dict[tuple[bool, int], str] = {
    (False, Request.ICC_POWER_OFF): "power_off",
    (False, Request.XFR_BLOCK): "xfr_block",
    (True, Request.DATA_BLOCK): "data_block",
    (True, Request.GET_ICC_STATUS): "status",
    (True, Request.SLOT_STATUS): "slot_status",
    (True, Request.ICC_POWER_ON): "power_on",
    (False, Request.ICC_POWER_ON): "power_on",
}
"""Requests by direction (True reads); a version that has no such method stalls."""


def _power_select(model: Model) -> int:
    """BPowerSelect for a card that is soldered in: automatic, or the one voltage that it has."""
    said = model.descriptor
    if said.dwFeatures & PICKS_VOLTAGE:
        return 0
    return next(n for n in (1, 2, 3) if said.voltages & 1 << n - 1)


def token(model: Model, send: Send) -> Token | None:
    """The token behind control transfers that a model is, or None for a reader with endpoints."""
    kinds: dict[int, type[Token]] = {Version.ICCD_A: TokenA, Version.ICCD_B: TokenB}
    kind = kinds.get(model.interface_protocol)
    return None if kind is None else kind(model, send)
