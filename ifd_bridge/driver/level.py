"""The base of exchange levels: transmission, and hooks for power, protocol and PINs.

The levels are in apdu_levels.py, tpdu_level.py and character_level.py.
"""

from __future__ import annotations

from typing import ClassVar, Final

from vcard.atr.atr import Atr
from vcard.compiled import mypyc_attr

from ..ifdh.api import CONTROL, Answer, Code
from .known_reader import KnownReader
from .link import Link, Reply

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
