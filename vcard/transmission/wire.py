"""The I/O contact of a powered card: characters in, characters out.

After the ATR comes a PPS or the first protocol; from then on one protocol counts until the next
reset. Readers that do less than APDUs talk to a card through this.
Spec: ISO/IEC 7816-3, 6.3.1 (selection of transmission parameters and protocol), 9 (PPS).
"""

from __future__ import annotations

from collections.abc import Callable

from ..atr.atr import Atr
from ..contact import Busy, Contact, Unit, habits_of, line_tap_of
from .pps import PPSS, Pps, respond
from .t0_card import T0Card
from .t1_card import T1Card

DEFAULT_CLOCK_HZ = 4_000_000
Answer = bytes | Busy | None


class Wire:
    """The line during one activation of a card: from the ATR to the next reset.

    The card's own end of T=0 or T=1 is made when the first characters come, with the habits that
    the contact has.
    """

    def __init__(self, contact: Contact, atr: bytes, clock_hz: float = DEFAULT_CLOCK_HZ) -> None:
        self.contact = contact
        self.atr = Atr.parse(atr)
        self.clock_hz = clock_hz
        self.parameters: Pps | None = None
        self.end: T0Card | T1Card | None = None
        self.outgoing: bool | None = None
        """At T=0, what the reader knows of the next TPDU: whether the card is to send data."""
        self._heard = bytearray()
        self._tap = line_tap_of(contact)

    @property
    def protocol(self) -> int:
        """The protocol in use, or that of the ATR until a PPS selects another."""
        return self.atr.protocol if self.parameters is None else self.parameters.protocol

    def exchange(self, raw: bytes) -> Answer:
        """Send characters to the card; returns its answer, b"" if it waits, None if it is mute."""
        if self.end is None and raw[:1] == bytes((PPSS,)):
            try:
                request = Pps.parse(raw)
            except ValueError:
                pass  # a command whose class is FF
            else:
                return self._passed(Unit.PPS, lambda: self._select(request))
        end = self.end = self.end or self._make_end()
        if isinstance(end, T0Card):
            end.outgoing = self.outgoing
        return self._passed(Unit.BLOCK, lambda: end.exchange(raw))

    def _passed(self, unit: Unit, answer: Callable[[], Answer]) -> Answer:
        return answer() if self._tap is None else self._tap.passed(unit, answer)

    def agree(self, protocol: int) -> bool:
        """Select this protocol by a PPS, if needed and possible; True if it is in use then."""
        if protocol != self.protocol and self.end is None:
            self._passed(Unit.PPS, lambda: self._select(Pps(protocol)))
        return protocol == self.protocol

    def characters(self, data: bytes, want: int) -> Answer:
        """Send `data`, then wait for `want` characters; fewer if the card stops before.

        What the card sent beyond them is kept for the next time; new data make it void.
        """
        if data:
            self._heard.clear()
            return self._hear(self.exchange(data), want)
        return self._take(want)

    def _take(self, want: int) -> Answer:
        if len(self._heard) < want and isinstance(self.end, T0Card):
            answer = self.exchange(b"")
            if answer:
                return self._hear(answer, want)
        return self._taken(want)

    def _hear(self, answer: Answer, want: int) -> Answer:
        if isinstance(answer, Busy):
            return Busy(answer.seconds, self._hearing(answer.finish, want))
        if answer is None:
            return None
        self._heard += answer
        return self._taken(want)

    def _taken(self, want: int) -> bytes | None:
        taken = bytes(self._heard[:want])
        del self._heard[:want]
        return taken or (None if want else b"")

    def _hearing(self, finish: Callable[[], Answer], want: int) -> Callable[[], Answer]:
        return lambda: self._hear(finish(), want)

    def _select(self, request: Pps) -> bytes | None:
        """Spec: ISO/IEC 7816-3, 9.3: only the first thing after the ATR, only once."""
        answer = None if self.parameters else respond(request, self.atr)
        if answer is None:
            return None
        self.parameters = answer
        return bytes(answer)

    def _make_end(self) -> T0Card | T1Card:
        atr, habits = self.atr, habits_of(self.contact)
        if self.protocol != 1:
            wt_s = atr.waiting_time_s(self.clock_hz)
            return T0Card(self.contact, wt_s=wt_s, one_by_one=habits.one_by_one)
        return T1Card(
            self.contact,
            ifsc=min(max(atr.ifsc, 1), 254),
            edc=atr.edc,
            bwt_s=atr.block_waiting_time_s(self.clock_hz),
            nads=habits.nads,
            asks_ifsc=habits.asks_ifsc,
        )
