"""The vocabulary of the IFD handler API: functions, result codes, tags, answers, presence.

Spec: pcsc-lite, ifdhandler.h; PC/SC Workgroup, part 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Final, NamedTuple, Protocol

CONTROL = 0x42000000
"""SCARD_CTL_CODE(0) of pcsc-lite's reader.h: control codes are counted from it."""


class Function(IntEnum):
    """The IFDH functions, with their numbers in a frame."""

    CREATE_CHANNEL = 1
    CLOSE_CHANNEL = 2
    GET_CAPABILITIES = 3
    SET_CAPABILITIES = 4
    SET_PROTOCOL_PARAMETERS = 5
    POWER_ICC = 6
    TRANSMIT_TO_ICC = 7
    CONTROL = 8


class Code(IntEnum):
    """RESPONSECODE."""

    SUCCESS = 0
    ERROR_TAG = 600
    ERROR_SET_FAILURE = 601
    ERROR_VALUE_READ_ONLY = 602
    ERROR_PTS_FAILURE = 605
    ERROR_NOT_SUPPORTED = 606
    PROTOCOL_NOT_SUPPORTED = 607
    ERROR_POWER_ACTION = 608
    ERROR_SWALLOW = 609
    ERROR_EJECT = 610
    ERROR_CONFISCATE = 611
    COMMUNICATION_ERROR = 612
    RESPONSE_TIMEOUT = 613
    NOT_SUPPORTED = 614
    ICC_PRESENT = 615
    ICC_NOT_PRESENT = 616
    NO_SUCH_DEVICE = 617
    ERROR_INSUFFICIENT_BUFFER = 618


class Power(IntEnum):
    """The action of IFDHPowerICC."""

    UP = 500
    DOWN = 501
    RESET = 502


class ScardProtocol(IntEnum):
    """SCARD_PROTOCOL_*, as IFDHSetProtocolParameters names protocols (not the T itself)."""

    T0 = 1
    T1 = 2


class Attribute(IntEnum):
    """SCARD_ATTR_*, the numbers of SCardGetAttrib."""

    VENDOR_NAME = 0x10100
    VENDOR_IFD_TYPE = 0x10101
    VENDOR_IFD_VERSION = 0x10102
    VENDOR_IFD_SERIAL_NO = 0x10103
    CHANNEL_ID = 0x20110
    ICC_PRESENCE = 0x90300
    ICC_INTERFACE_STATUS = 0x90301
    ATR_STRING = 0x90303
    MAXINPUT = 0x7A007


class Tag(IntEnum):
    """Capability tags that are asked of a driver in Python."""

    ATR = 0x0303
    SLOTNUM = 0x0180
    SLOT_THREAD_SAFE = 0x0FAC
    THREAD_SAFE = 0x0FAD
    SLOTS_NUMBER = 0x0FAE
    SIMULTANEOUS_ACCESS = 0x0FAF


class Answer(NamedTuple):
    """A driver's answer to one call: a result code and its bytes (ATR, response, value)."""

    code: Code
    data: bytes = b""


_SUCCESS: Final = Code.SUCCESS  # a member of an enumeration is looked up slowly


def success(data: bytes) -> Answer:
    """The answer of nearly every call, made without a call of Python's own."""
    return tuple.__new__(Answer, (_SUCCESS, data))


class SlotDriver(Protocol):
    """The host's side of one slot; one method for each IFDH function.

    Called from one thread at a time for each slot. No method raises: every fault is a Code.
    """

    def get_capabilities(self, tag: int) -> Answer:
        """IFDHGetCapabilities: the value of a tag or SCARD_ATTR; ERROR_TAG if unknown."""

    def set_capabilities(self, tag: int, value: bytes) -> Answer:
        """IFDHSetCapabilities."""

    def set_protocol_parameters(self, protocol: int) -> Answer:
        """IFDHSetProtocolParameters: 1 for T=0, 2 for T=1."""

    def power_icc(self, action: int) -> Answer:
        """IFDHPowerICC: up and reset answer the ATR."""

    def transmit_to_icc(self, command: bytes, protocol: int) -> Answer:
        """IFDHTransmitToICC: `protocol` is that of SCARD_IO_HEADER (0, 1; 16 for raw)."""

    def control(self, code: int, data: bytes) -> Answer:
        """IFDHControl: `code` is the whole dwControlCode (0x42000000 + n)."""


@dataclass(frozen=True, slots=True)
class Presence:
    """Whether a card is in the slot, and how many have been taken out of it so far."""

    present: bool
    removals: int


class Watcher(Protocol):
    """A watcher of a slot. It must be quick: a removal is told with the reader's lock held."""

    def moved(self, presence: Presence) -> None:
        """A card came or went; an insertion may be told after the removal that followed it."""

    def abandoned(self) -> None:
        """The card went while it computed: the call under way must be answered without it."""


class Source(Protocol):
    """The source of a reader's card movements: its cable."""

    @property
    def slots(self) -> int:
        """The number of slots of the reader."""

    def presence(self, slot: int) -> Presence:
        """Return the current presence."""

    def watch(self, slot: int, watcher: Watcher) -> Presence:
        """Report every later movement to `watcher`; returns the current presence."""

    def unwatch(self, slot: int, watcher: Watcher) -> None:
        """Stop reports to `watcher`; harmless if there were none."""

    def abandon(self, slot: int) -> None:
        """Give up what is under way in a slot, if anything."""


class AbandonedError(Exception):
    """Another thread has already answered this call; unwind without replying."""
