"""The interface device's end of T=1: an APDU in, blocks out and in, a response APDU out.

It behaves as the common CCID driver does (libccid, proto-t1.c), whose behaviour is what cards
meet in the field; where the two ends of a difference matter, `Rules` names it. No time passes
here: the caller, who has the line, reports silence and parity errors. The engine and its table
stand in one module: each is the other's explanation.
Spec: ISO/IEC 7816-3, 11.6 (the rules whose numbers stand in the table).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto

from ..atr.values import DEFAULT_IFSC, Edc
from .steps import Dead, Done, Send, Step
from .t1_block import (
    MAX_INF,
    PROLOGUE,
    Block,
    Complaint,
    Kind,
    Supervision,
    epilogue,
    i_block,
    r_block,
    s_request,
    s_response,
    swap,
)
from .t1_retries import Retries, Rules
from .t1_table import NOTHING, Event, Row, meaning, table

MAX_RESPONSE = 65536 + 2


class HostState(Enum):
    """The state of an exchange."""

    __hash__ = object.__hash__

    SENDING = auto()
    RECEIVING = auto()
    RESYNCH = auto()
    NEGOTIATING = auto()
    DEAD = auto()


class HostEnd:
    """The host's end of T=1, from one reset of the card to the next.

    `nad` is put on every block; sequence numbers go on when it changes. `ifsc` is what the card
    takes (from its ATR, then from S(IFS)).
    """

    def __init__(
        self, ifsc: int = DEFAULT_IFSC, edc: Edc = Edc.LRC, rules: Rules | None = None
    ) -> None:
        self.ifsc = ifsc
        self.edc = edc
        self.rules = rules or Rules()
        self.nad = 0
        self.ns = 0
        self.nr = 0
        self.state = HostState.SENDING
        self._apdu = b""
        self._sent = 0  # bytes of the APDU that the card has acknowledged
        self._piece = 0  # bytes in the I-block it has not
        self._more = False
        self._response = bytearray()
        self._last = Block(0, 0)
        self._ifsd = DEFAULT_IFSC
        self._retries = Retries(self.rules)

    # What the driver calls

    def start(self, apdu: bytes) -> Step:
        """Begin an exchange; ValueError for an empty APDU."""
        if not apdu:
            raise ValueError("T=1 carries APDUs of at least one byte")
        if self.state is HostState.DEAD:
            return Dead("the card must be reset first")
        self._apdu, self._sent, self._piece = bytes(apdu), 0, 0
        self._response.clear()
        self._begin(HostState.SENDING)
        self._retries.resynchronised()
        return self._send_piece()

    def negotiate(self, ifsd: int) -> Step:
        """Tell the card how much we take in one block (rule 4); NAD is 00 for it."""
        if not 1 <= ifsd <= MAX_INF:
            raise ValueError(f"IFSD is 1..{MAX_INF}, not {ifsd}")
        if self.state is HostState.DEAD:
            return Dead("the card must be reset first")
        self._ifsd = ifsd
        self._begin(HostState.NEGOTIATING)
        return self._ask_ifs()

    def receive(self, raw: bytes | None, *, parity: bool = False) -> Step:
        """Proceed with what the card sent: bytes, a parity error, or None for silence."""
        if self.state is HostState.DEAD:
            return Dead("the card must be reset first")
        if not self._retries.spend():
            return self._die("too many blocks without progress")
        event, block = self._judge(raw, parity=parity)
        row = HOST_TABLE[self.state, event]
        if row.next is not None:
            self.state = row.next
        return row.action(self, block)

    def secure_prologue(self, length: int) -> bytes:
        """The prologue of the I-block that a PIN pad will build, and its number is used up.

        `secure_undone` takes it back where the reader did not send the block.
        """
        block = i_block(0, self.ns, bytes(min(length, self.ifsc)), more=length > self.ifsc)
        self.secure_undone()
        return bytes(block)[:PROLOGUE]

    def secure_undone(self) -> None:
        """Restore both sequence numbers as before `secure_prologue`."""
        self.ns ^= 1
        self.nr ^= 1

    @property
    def epilogue(self) -> int:
        """The number of bytes after the information field."""
        return epilogue(self.edc)

    # What a block means

    def _begin(self, state: HostState) -> None:
        self.state = state
        self._retries.begin()

    def _judge(self, raw: bytes | None, *, parity: bool) -> tuple[Event, Block]:
        if parity:
            return Event.PARITY, NOTHING
        if raw is None:
            return Event.SILENCE, NOTHING
        nad = 0 if self.state is HostState.NEGOTIATING else self.nad
        if raw and raw[0] != swap(nad):  # before anything else, however short the block is
            return Event.INVALID, NOTHING
        if len(raw) < PROLOGUE:
            return Event.BAD_EDC, NOTHING
        if raw[2] > MAX_INF:
            return Event.INVALID, NOTHING
        raw = raw[: PROLOGUE + raw[2] + self.epilogue]
        try:
            block = Block.parse(raw, self.edc)
        except ValueError:
            return Event.BAD_EDC, NOTHING
        if block.pcb & 0xC0 == 0x80 and (block.inf or block.pcb & 0x20):
            return Event.INVALID, NOTHING
        event = meaning(block, self.ns, self.nr)
        if event is Event.R_NEXT and not self._more:
            return Event.INVALID, NOTHING
        return event, block

    # What is done: errors

    def _complain_edc(self, _: Block) -> Step:
        return self._complain(Complaint.EDC_OR_PARITY)

    def _complain_other(self, _: Block) -> Step:
        return self._complain(Complaint.OTHER)

    def _complain(self, why: Complaint) -> Step:
        """Ask for the block with an R-block; repeat the R-block if it was sent last."""
        if self._retries.used_up:
            return self._resynchronise()
        if self._last.kind is Kind.R:
            return self._put(self._last)
        return self._put(r_block(self.nad, self.nr, why, self.edc))

    def _refuse(self, _: Block) -> Step:
        if self._retries.used_up:
            return self._resynchronise()
        return self._put(r_block(self.nad, self.nr, Complaint.OTHER, self.edc))

    def _refuse_length(self, _: Block) -> Step:
        """Tries are not counted here, so `Rules.patience` has to end it."""
        return self._put(r_block(self.nad, self.nr, Complaint.OTHER, self.edc))

    def _resynchronise(self, _: Block | None = None) -> Step:
        """Resynchronise both ends, three times at most."""
        if not self._retries.resynchronise():
            return self._die("the card does not resynchronise")
        self.ns = self.nr = 0
        self.state = HostState.RESYNCH
        self._more = False
        return self._put(s_request(self.nad, Supervision.RESYNCH, edc=self.edc))

    def _restart(self, _: Block) -> Step:
        if self.rules.whole:
            self._sent = 0
        self._piece = 0
        self._retries.resynchronised()
        self._response.clear()
        self._retries.renew()
        return self._send_piece()

    def _give_up(self, _: Block) -> Step:
        return self._die("the card is mute")

    def _die(self, reason: str) -> Dead:
        self.state = HostState.DEAD
        return Dead(reason)

    # What is done: the command

    def _acknowledge(self) -> None:
        self._sent += self._piece
        self._piece = 0
        self.ns ^= 1
        self._progress()

    def _progress(self) -> None:
        self._retries.progressed(self._sent + len(self._response))

    def _send_piece(self) -> Step:
        rest = len(self._apdu) - self._sent
        self._piece = min(rest, self.ifsc)
        self._more = rest > self.ifsc
        inf = self._apdu[self._sent : self._sent + self._piece]
        return self._put(i_block(self.nad, self.ns, inf, more=self._more, edc=self.edc))

    def _send_next(self, block: Block) -> Step:
        self._acknowledge()
        return self._send_again(block)

    def _send_again(self, _: Block) -> Step:
        if self._sent >= len(self._apdu):
            return self._resynchronise()
        self._retries.renew()
        return self._send_piece()

    # What is done: the response

    def _take_first(self, block: Block) -> Step:
        self._acknowledge()
        return self._take(block)

    def _refuse_first(self, block: Block) -> Step:
        self._acknowledge()
        return self._refuse(block)

    def _take(self, block: Block) -> Step:
        self.nr ^= 1
        self._response += block.inf
        if len(self._response) > MAX_RESPONSE:
            return self._die("the response is too long")
        if not block.more:
            return Done(bytes(self._response))
        self._progress()
        self._retries.renew()
        return self._put(r_block(self.nad, self.nr, Complaint.NONE, self.edc))

    def _ask_for_more(self, _: Block) -> Step:
        if self._last.kind is Kind.R:
            return self._complain(Complaint.NONE)
        self._retries.renew()
        return self._put(r_block(self.nad, self.nr, Complaint.NONE, self.edc))

    # What is done: supervision

    def _accept_ifs(self, block: Block) -> Step:
        if block.inf[0] == 0:
            return self._resynchronise()
        self.ifsc = min(block.inf[0], MAX_INF)
        return self._agree(block)

    def _agree(self, block: Block) -> Step:
        """Answer an S-request with its own information field."""
        self._retries.renew()
        what = Supervision(block.pcb & 0x0F)
        wtx = block.inf[0] if what is Supervision.WTX else 0
        return self._put(s_response(self.nad, what, block.inf, self.edc), wtx)

    def _ask_ifs(self, _: Block | None = None) -> Step:
        if self._retries.used_up:
            return self._die("the card does not agree to an IFSD")
        return self._put(s_request(0, Supervision.IFS, bytes((self._ifsd,)), self.edc))

    def _agreed(self, block: Block) -> Step:
        if block.inf != bytes((self._ifsd,)) or block.pcb != 0xE0 | Supervision.IFS:
            return self._ask_ifs()
        self.state = HostState.SENDING
        return Done(b"")

    def _put(self, block: Block, wtx: int = 0) -> Send:
        self._last = block
        return Send(bytes(block), wtx=wtx)


Action = Callable[[HostEnd, Block], Step]
_S, _E, _H = HostState, Event, HostEnd
_EXCHANGE = (_S.SENDING, _S.RECEIVING, _S.RESYNCH)
_ANSWERED = (_S.RECEIVING, _S.RESYNCH)
_COMMAND = (_S.SENDING, _S.RESYNCH)
_GONE = (_S.RESYNCH, _S.DEAD)
"""The states that follow the last try."""

_RESPONSES = (
    _E.RESYNCH_RESPONSE, _E.IFS_RESPONSE, _E.ABORT_RESPONSE, _E.WTX_RESPONSE, _E.STRANGE_RESPONSE,
)  # fmt: skip

HOST_ROWS: tuple[Row[HostState, Action], ...] = (
    Row((_S.SENDING,), (_E.I_LAST, _E.I_MORE), _H._take_first, _S.RECEIVING, "2.1, 2.2",
        (_S.DEAD,)),
    Row(_ANSWERED, (_E.I_LAST, _E.I_MORE), _H._take, _S.RECEIVING, "2.2", (_S.DEAD,)),
    Row(_COMMAND, (_E.R_NEXT,), _H._send_next, None, "2.2, 5", _GONE),
    Row(_COMMAND, (_E.R_AGAIN,), _H._send_again, None, "7.1", _GONE),
    Row((_S.RECEIVING,), (_E.R_AGAIN, _E.R_NEXT), _H._ask_for_more, None, "7.2", _GONE),
    Row((_S.SENDING,), (_E.I_WRONG,), _H._refuse_first, _S.RECEIVING, "7.1", _GONE),
    Row(_ANSWERED, (_E.I_WRONG,), _H._refuse, _S.RECEIVING, "7.1", _GONE),
    Row(_EXCHANGE, (_E.PARITY, _E.BAD_EDC), _H._complain_edc, None, "7.1, 7.2, 7.4.2", _GONE),
    Row(_EXCHANGE, (_E.INVALID,), _H._complain_other, None, "7.1, 7.2, 7.4.2", _GONE),
    Row(_EXCHANGE, (_E.IFS_REQUEST,), _H._accept_ifs, None, "4", _GONE),
    Row(_EXCHANGE, (_E.WTX_REQUEST,), _H._agree, None, "3"),
    Row(_EXCHANGE, (_E.ABORT_REQUEST,), _H._agree, None, "9"),
    Row(_EXCHANGE, (_E.WRONG_LENGTH,), _H._refuse_length, None, "7.1"),
    Row(_EXCHANGE, (_E.RESYNCH_REQUEST, _E.STRANGE_REQUEST), _H._resynchronise, _S.RESYNCH, "6",
        (_S.DEAD,)),
    Row((_S.RESYNCH,), _RESPONSES, _H._restart, _S.SENDING, "6.2, 6.3"),
    Row((_S.SENDING, _S.RECEIVING), _RESPONSES, _H._complain_other, None, "7.1, 7.2", _GONE),
    Row((_S.NEGOTIATING,), (_E.IFS_RESPONSE,), _H._agreed, _S.NEGOTIATING, "4",
        (_S.SENDING, _S.DEAD)),
    Row((_S.NEGOTIATING,), tuple(e for e in Event if e not in (_E.IFS_RESPONSE, _E.SILENCE)),
        _H._ask_ifs, None, "7.3", (_S.DEAD,)),
    Row((*_EXCHANGE, _S.NEGOTIATING), (_E.SILENCE,), _H._give_up, _S.DEAD, "7.4"),
)  # fmt: skip
HOST_TABLE = table(HOST_ROWS)
