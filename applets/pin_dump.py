"""The reader test applet: it returns the bytes that reached the card.

The sample programs of CCID drivers select it: VERIFY and MODIFY store the command as the card
received it (as a pinpad completed it), and another instruction returns it; the rest transfers data
of every case and length. Nothing here is secret: every PIN is a part of "123456789:;<..." and the
try counter never blocks.
"""

from __future__ import annotations

from collections.abc import Iterable

from applets.shared.card_kind import CardKind, Names
from vcard import SW, Applet, Command, Later, Reply, handles

TRIES = 3
FIRST_DIGIT = 0x31
_COUNTING = bytes(range(256)) * 257


def counting(length: int, start: int = 0) -> bytes:
    """`length` bytes (0..65536) that count up from `start` (0..255) and wrap at 256."""
    return _COUNTING[start : start + length]


class PinDump(Applet):
    """Keeps VERIFY and MODIFY commands, and exchanges counting bytes in all four cases."""

    aid = bytes.fromhex("A000000018FF01")
    section = "PinDump"

    kept = b""
    """The last VERIFY or MODIFY command with data: header, Lc and data (volatile)."""

    @property
    def aids(self) -> Iterable[bytes]:
        """The applet's own AID, and that on combined test cards."""
        return (self.aid, bytes.fromhex("A00000001850"))

    def installed(self) -> None:
        """Give a new card all its tries."""
        if "tries" not in self.memory:
            self.memory["tries"] = TRIES

    def powered(self) -> None:
        """Discard the recorded PIN."""
        self.kept = b""

    @property
    def tries_left(self) -> int:
        """The tries that 63Cx reports, 0..3."""
        return self.memory.integer("tries")

    @handles(ins=0x20)
    def verify(self, command: Command) -> Reply:
        """VERIFY: 6A0i if the byte at i is wrong and a try is lost; without data 63Cx."""
        if not command.data:
            return SW.tries_left(self.tries_left)
        self.kept = _without_le(command)
        self.memory.write_through("tries", max(0, self.tries_left - 1))
        answer = _compare(command.data, FIRST_DIGIT)
        if answer is None:
            self.memory.write_through("tries", TRIES)
        return answer

    @handles(ins=0x24)
    def modify(self, command: Command) -> Reply:
        """CHANGE REFERENCE DATA: old and new PIN together are compared; no try is lost."""
        if not command.data:
            return SW.WRONG_LENGTH
        self.kept = _without_le(command)
        return _compare(command.data, FIRST_DIGIT)

    @handles(ins=0x40)
    def dump(self) -> Reply:
        """Return the stored command."""
        return self.kept

    @handles(ins=0x30)
    def case_1(self, command: Command) -> Reply:
        """Case 1: no data in either direction."""
        return SW.WRONG_LENGTH if command.data else None

    @handles(ins=0x21)
    @handles(ins=0x32)
    def incoming(self, command: Command) -> Reply:
        """Case 3: the data count up from 00; 6Axx names the first byte that does not."""
        return _compare(command.data, 0) if command.data else SW.WRONG_LENGTH

    @handles(ins=0x3A)
    def incoming_unbound(self, command: Command) -> Reply:
        """Answer as INS 32 does; the original applet has this instruction for odd lengths."""
        return self.incoming(command)

    @handles(ins=0x22)
    @handles(ins=0x34)
    def outgoing(self, command: Command) -> Reply:
        """Case 2: P1-P2 bytes that count up; Le must be the same number."""
        if command.data or command.ne != command.p1p2:
            return SW.WRONG_LENGTH
        return counting(command.p1p2)

    @handles(ins=0x3C)
    def outgoing_unbound(self, command: Command) -> Reply:
        """Case 2: P1-P2 bytes that count up, whatever Le says."""
        return counting(command.p1p2)

    @handles(ins=0x23)
    @handles(ins=0x36)
    def both(self, command: Command) -> Reply:
        """Case 4: counting data in, P1-P2 counting bytes out."""
        return self.both_unbound(command) if command.data else SW.WRONG_LENGTH

    @handles(ins=0x3E)
    def both_unbound(self, command: Command) -> Reply:
        """Case 4 that also accepts an empty data field."""
        wrong = _compare(command.data, 0)
        return counting(command.p1p2) if wrong is None else wrong

    @handles(ins=0x38)
    def wait(self, command: Command) -> Reply:
        """Stay busy for P2 seconds."""
        return Later(command.p2, lambda: None) if command.p2 else None


def _without_le(command: Command) -> bytes:
    return bytes(command._replace(le=None))


def _compare(data: bytes, start: int) -> SW | None:
    """Return 6Axx with the low byte of the index where counting stops, or None."""
    if data == counting(len(data), start):
        return None
    wrong = next(i for i, byte in enumerate(data) if byte != (start + i) & 0xFF)
    return SW(0x6A00 | wrong & 0xFF)


KIND = CardKind(
    "pin-dump",
    "Returns the PIN commands that reached it, and transfers data of every case and length.",
    applet=PinDump,
    names=Names({PinDump.aid[:6]: "PIN dump"}),
)
