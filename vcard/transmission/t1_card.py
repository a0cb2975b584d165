"""The card's end of T=1: it turns a Contact that speaks APDUs into one that speaks blocks.

A card that works longer than its block waiting time asks for more with S(WTX). All NADs share
one pair of sequence numbers; a table says which port a NAD selects. The engine and its table stand
in one module: each is the other's explanation.
Spec: ISO/IEC 7816-3, 11.6 (the rules whose numbers stand in the table).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum, auto

from ..atr.values import DEFAULT_IFSC, Edc
from ..contact import Busy, Contact, Nads
from .t1_block import (
    MAX_INF,
    PROLOGUE,
    Block,
    Complaint,
    Supervision,
    epilogue,
    i_block,
    nad_is_valid,
    r_block,
    s_request,
    s_response,
    swap,
)
from .t1_table import NOTHING, Event, Row, meaning, table

MAX_COMMAND = 4 + 3 + 65535 + 2
MAX_COMPLAINTS = 2
MARGIN = 0.8
"""The part of a waiting time that a card uses before it asks for more."""

Answer = bytes | Busy | None


class CardState(Enum):
    """The states of the card, by the block that it waits for."""

    __hash__ = object.__hash__

    LISTENING = auto()
    ANSWERING = auto()
    EXTENDING = auto()
    NEGOTIATING = auto()
    ABORTING = auto()


class T1Card:
    """A Contact whose `exchange` takes and gives blocks of T=1.

    `ifsc` is what the card takes in one block, `bwt_s` its block waiting time in seconds. `nads`
    is None for a card without ports: its first block then fixes the NAD. `asks_ifsc`: a new IFSC
    that the card asks for with the first command.
    """

    def __init__(
        self,
        contact: Contact,
        *,
        ifsc: int = DEFAULT_IFSC,
        edc: Edc = Edc.LRC,
        bwt_s: float = 1.43,
        nads: Nads | None = None,
        asks_ifsc: int | None = None,
    ) -> None:
        self.contact = contact
        self.edc = edc
        self.bwt_s = bwt_s
        self.nads = nads
        self._first_ifsc = ifsc
        self._asks_ifsc = asks_ifsc
        self.reset()

    def reset(self) -> None:
        """Start as after the ATR: sequence numbers 0, sizes unchanged, no NAD yet."""
        self.ifsc = self._first_ifsc
        self.ifsd = DEFAULT_IFSC
        self.nad: int | None = None
        self._wanted_ifsc = self._asks_ifsc
        self._last: Block | None = None
        self._begin_anew()

    def _begin_anew(self) -> None:
        self.state = CardState.LISTENING
        self.ns = self.nr = 0
        self._bad = 0
        self._command = bytearray()
        self._chain_nad: int | None = None
        self._response = b""
        self._unacknowledged: Block | None = None
        self._held: Block | None = None
        self._work: Busy | None = None

    # The Contact

    def power_up(self) -> bytes | None:
        """Reset the card and the protocol: the ATR."""
        self.reset()
        return self.contact.power_up()

    def power_down(self) -> None:
        """Lose the supply."""
        self._work = None
        self.contact.power_down()

    def exchange(self, command: bytes, port: int | None = None) -> Answer:  # noqa: ARG002 - as in Contact
        """Answer a block with a block; None where the card says nothing. The NAD is the port."""
        event, block = self._judge(command)
        row = CARD_TABLE[self.state, event]
        if row.next is not None:
            self.state = row.next
        if row.action not in _COMPLAINTS:
            self._bad = 0
            self.nad = block.nad
        return row.action(self, block)

    # What a block means

    def _judge(self, raw: bytes) -> tuple[Event, Block]:
        try:
            block = Block.parse(raw, self.edc)
        except ValueError:
            inf = len(raw) - PROLOGUE - epilogue(self.edc)
            return Event.BAD_EDC if inf >= 0 and inf == raw[2] else Event.INVALID, NOTHING
        if not block.well_coded or not self._knows(block):
            return Event.INVALID, NOTHING
        if block.pcb < 0x80 and len(block.inf) > self.ifsc:
            return Event.INVALID, NOTHING
        event = meaning(block, self.ns, self.nr)
        if event is Event.IFS_REQUEST and block.inf[0] in {0, 0xFF}:
            return Event.INVALID, NOTHING
        if event in _ECHOES and (self._last is None or block.inf != self._last.inf):
            return Event.INVALID, NOTHING
        return event, block

    def _knows(self, block: Block) -> bool:
        """Whether the NAD is one of ours: the first one used, or one of the ports'."""
        if self._chain_nad is not None and block.pcb < 0x80 and block.nad != self._chain_nad:
            return False
        if self.nads is not None:
            return block.nad in self.nads
        return block.nad == self.nad if self.nad is not None else nad_is_valid(block.nad)

    # What is done: errors

    def _complain_edc(self, _: Block) -> Answer:
        return self._complain(Complaint.EDC_OR_PARITY)

    def _complain_other(self, _: Block) -> Answer:
        return self._complain(Complaint.OTHER)

    def _complain(self, why: Complaint) -> Answer:
        """Ask again, twice at most; then listen in silence until an error-free block comes."""
        self._bad += 1
        if self._bad > MAX_COMPLAINTS:
            return None
        if self._last is not None and self.state in _AWAITED:
            return self._put(self._last)
        return self._put(r_block(swap(self.nad or 0), self.nr, why, self.edc))

    def _resynchronise(self, block: Block) -> Answer:
        self._begin_anew()
        return self._put(s_response(swap(block.nad), Supervision.RESYNCH, edc=self.edc))

    # What is done: the command

    def _acknowledged(self) -> None:
        if self._unacknowledged is not None:
            self.ns ^= 1
            self._unacknowledged = None
        self._response = b""

    def _collect(self, block: Block) -> Answer:
        """Take a part of a command and ask for the next one (rule 2.2)."""
        if self._wanted_ifsc is not None:
            return self._ask_ifsc(block)
        self._acknowledged()
        self.nr ^= 1
        self._command += block.inf
        self._chain_nad = block.nad
        if len(self._command) > MAX_COMMAND:
            self.state = CardState.ABORTING
            return self._put(s_request(swap(block.nad), Supervision.ABORT, edc=self.edc))
        return self._put(r_block(swap(block.nad), self.nr, Complaint.NONE, self.edc))

    def _run(self, block: Block) -> Answer:
        """Take the last part of a command and let the card process it."""
        if self._wanted_ifsc is not None:
            return self._ask_ifsc(block)
        self._acknowledged()
        self.nr ^= 1
        command = bytes(self._command) + block.inf
        self._command.clear()
        self._chain_nad = None
        port = None if self.nads is None else self.nads[block.nad]
        answer = self.contact.exchange(command, port)
        return self._extend(answer) if isinstance(answer, Busy) else self._respond(answer)

    # What is done: the response

    def _respond(self, response: bytes | None) -> bytes | None:
        if response is None:
            self.state = CardState.LISTENING
            return None
        self._response = response
        return self._send_piece()

    def _send_piece(self) -> bytes:
        piece, self._response = self._response[: self.ifsd], self._response[self.ifsd :]
        more = bool(self._response)
        self.state = CardState.ANSWERING if more else CardState.LISTENING
        nad = swap(self.nad or 0)
        self._unacknowledged = i_block(nad, self.ns, piece, more=more, edc=self.edc)
        return self._put(self._unacknowledged)

    def _send_next(self, _: Block) -> Answer:
        self.ns ^= 1
        return self._send_piece()

    def _send_again(self, _: Block) -> Answer:
        return self._put(self._unacknowledged) if self._unacknowledged else self._repeat(_)

    def _repeat(self, _: Block) -> Answer:
        """Send the last block again, or R(OTHER) if there is none."""
        return self._put(self._last) if self._last else self._complain(Complaint.OTHER)

    # What is done: supervision

    def _ask_ifsc(self, block: Block) -> Answer:
        """Before the first command is taken: tell the host a new IFSC (rule 4)."""
        assert self._wanted_ifsc is not None
        self.state, self._held = CardState.NEGOTIATING, block
        inf = bytes((self._wanted_ifsc,))
        return self._put(s_request(swap(block.nad), Supervision.IFS, inf, self.edc))

    def _ifsc_agreed(self, block: Block) -> Answer:
        held = self._held
        assert held is not None
        self.ifsc, self._wanted_ifsc, self._held = block.inf[0], None, None
        return self._collect(held) if held.more else self._run(held)

    def _accept_ifsd(self, block: Block) -> Answer:
        self.ifsd = min(block.inf[0], MAX_INF)
        return self._put(s_response(swap(block.nad), Supervision.IFS, block.inf, self.edc))

    def _abort(self, block: Block) -> Answer:
        """End a chain on the host's request, its own or ours (rule 9)."""
        self._command.clear()
        self._chain_nad = None
        self._acknowledged()
        return self._put(s_response(swap(block.nad), Supervision.ABORT, edc=self.edc))

    def _aborted(self, _: Block) -> Answer:
        self._command.clear()
        self._chain_nad = None
        return self._respond(b"\x67\x00")

    # What is done: time

    def _extend(self, work: Busy) -> Answer:
        """Work that fits into BWT is done; for more, S(WTX request) asks (rule 3)."""
        if work.seconds <= self.bwt_s * MARGIN:
            return self._wait(work, work.seconds)
        return self._ask_time(work)

    def _ask_time(self, work: Busy) -> bytes:
        self._work = work
        multiplier = min(255, math.ceil(work.seconds / (self.bwt_s * MARGIN)))
        self.state = CardState.EXTENDING
        nad = swap(self.nad or 0)
        return self._put(s_request(nad, Supervision.WTX, bytes((multiplier,)), self.edc))

    def _extended(self, block: Block) -> Answer:
        work = self._work
        assert work is not None
        return self._wait(work, min(work.seconds, block.inf[0] * self.bwt_s * MARGIN))

    def _wait(self, work: Busy, seconds: float) -> Busy:
        """Be busy for `seconds`; afterwards the work is done or asks for more time."""
        self._work = work

        def finish() -> Answer:
            if self._work is not work:
                return None  # reset or resynchronised meanwhile
            left = work.seconds - seconds
            if left > 0:
                return self._ask_time(Busy(left, work.finish))
            self._work = None
            answer = work.finish()
            return self._ask_time(answer) if isinstance(answer, Busy) else self._respond(answer)

        return Busy(seconds, finish)

    def _put(self, block: Block) -> bytes:
        self._last = block
        return bytes(block)


Action = Callable[[T1Card, Block], Answer]
_S, _E, _C = CardState, Event, T1Card
_COMPLAINTS = (_C._complain_edc, _C._complain_other)
_ECHOES = (_E.IFS_RESPONSE, _E.WTX_RESPONSE)
_OPEN = (_S.LISTENING, _S.ANSWERING)
_ALL = tuple(CardState)
_ERRORS = (
    _E.INVALID, _E.PARITY, _E.SILENCE, _E.I_WRONG, _E.WTX_REQUEST, _E.RESYNCH_RESPONSE,
    _E.STRANGE_REQUEST, _E.STRANGE_RESPONSE, _E.WRONG_LENGTH,
)  # fmt: skip
_AWAITED = {
    _S.EXTENDING: _E.WTX_RESPONSE,
    _S.NEGOTIATING: _E.IFS_RESPONSE,
    _S.ABORTING: _E.ABORT_RESPONSE,
}
"""The response to each request of the card; in any other state it is an error."""

_UNASKED: tuple[Row[CardState, Action], ...] = tuple(
    Row(tuple(s for s in _ALL if s is not asking), (event,), _C._complain_other, None, "7.1")
    for asking, event in _AWAITED.items()
)

# In which states, on which events: what is done, the next state (None: as before), the rule of
# ISO/IEC 7816-3, 11.6.3 that says so, and further states that it may end in.
CARD_ROWS: tuple[Row[CardState, Action], ...] = (
    Row(_OPEN, (_E.I_MORE,), _C._collect, _S.LISTENING, "2.2, 5", (_S.NEGOTIATING, _S.ABORTING)),
    Row(_OPEN, (_E.I_LAST,), _C._run, _S.LISTENING, "2.1",
        (_S.ANSWERING, _S.EXTENDING, _S.NEGOTIATING)),
    Row((_S.ANSWERING,), (_E.R_NEXT,), _C._send_next, None, "2.2, 5", (_S.LISTENING,)),
    Row((_S.LISTENING,), (_E.R_NEXT,), _C._repeat, None, "7.1"),
    Row(_OPEN, (_E.R_AGAIN,), _C._send_again, None, "7.1"),
    Row(_ALL, (_E.BAD_EDC,), _C._complain_edc, None, "7.1, 7.3, 7.4.3"),
    Row(_ALL, _ERRORS, _C._complain_other, None, "7.1, 7.3, 7.4.3"),
    Row(_ALL, (_E.RESYNCH_REQUEST,), _C._resynchronise, _S.LISTENING, "6.2, 6.3"),
    Row(_OPEN, (_E.IFS_REQUEST,), _C._accept_ifsd, None, "4"),
    Row(_OPEN, (_E.ABORT_REQUEST,), _C._abort, _S.LISTENING, "9"),
    Row((_S.EXTENDING,), (_E.WTX_RESPONSE,), _C._extended, _S.LISTENING, "3", (_S.ANSWERING,)),
    Row((_S.NEGOTIATING,), (_E.IFS_RESPONSE,), _C._ifsc_agreed, _S.LISTENING, "4",
        (_S.ANSWERING, _S.EXTENDING)),
    Row((_S.ABORTING,), (_E.ABORT_RESPONSE,), _C._aborted, _S.LISTENING, "9"),
    Row(tuple(_AWAITED),
        (_E.I_LAST, _E.I_MORE, _E.R_NEXT, _E.R_AGAIN, _E.IFS_REQUEST, _E.ABORT_REQUEST),
        _C._complain_other, None, "7.3"),
    *_UNASKED,
)  # fmt: skip
CARD_TABLE = table(CARD_ROWS)
