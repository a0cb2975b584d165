"""Events and state tables, shared by both ends of T=1.

A table row says: in these states, when this arrives, do that, and be in the next state. The ends
(vcard.t1_card, vcard.t1_host) fill their tables; `picture` draws one.
Spec: ISO/IEC 7816-3, 11.6 (rules 1 to 5 for error-free operation, 6 to 9 for errors).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from .t1_block import Block, Supervision


class Event(Enum):
    """The meaning of a received block, or of its absence."""

    __hash__ = object.__hash__  # members are unique; the one of Enum hashes the name every time

    SILENCE = "nothing"
    PARITY = "parity error"
    BAD_EDC = "wrong EDC"
    INVALID = "invalid block"
    I_LAST = "I(expected, M=0)"
    I_MORE = "I(expected, M=1)"
    I_WRONG = "I(not expected)"
    R_NEXT = "R(next)"
    R_AGAIN = "R(same)"
    RESYNCH_REQUEST = "S(RESYNCH request)"
    IFS_REQUEST = "S(IFS request)"
    ABORT_REQUEST = "S(ABORT request)"
    WTX_REQUEST = "S(WTX request)"
    RESYNCH_RESPONSE = "S(RESYNCH response)"
    IFS_RESPONSE = "S(IFS response)"
    ABORT_RESPONSE = "S(ABORT response)"
    WTX_RESPONSE = "S(WTX response)"
    STRANGE_REQUEST = "S(unknown request)"
    STRANGE_RESPONSE = "S(unknown response)"
    WRONG_LENGTH = "S(request of wrong length)"


NOTHING = Block(0, 0)
"""Stands where no block could be read."""

REQUESTS: dict[int, Event] = {
    Supervision.RESYNCH: Event.RESYNCH_REQUEST,
    Supervision.IFS: Event.IFS_REQUEST,
    Supervision.ABORT: Event.ABORT_REQUEST,
    Supervision.WTX: Event.WTX_REQUEST,
}
RESPONSES: dict[int, Event] = {
    Supervision.RESYNCH: Event.RESYNCH_RESPONSE,
    Supervision.IFS: Event.IFS_RESPONSE,
    Supervision.ABORT: Event.ABORT_RESPONSE,
    Supervision.WTX: Event.WTX_RESPONSE,
}


def meaning(block: Block, ns: int, nr: int) -> Event:
    """Classify an error-free block for an end with these sequence numbers."""
    pcb = block.pcb
    if pcb < 0x80:
        if pcb >> 6 != nr:
            return Event.I_WRONG
        return Event.I_MORE if pcb & 0x20 else Event.I_LAST
    if pcb < 0xC0:
        return Event.R_AGAIN if pcb >> 4 & 1 == ns else Event.R_NEXT
    number = pcb & 0x0F
    if block.is_response:
        return RESPONSES.get(number, Event.STRANGE_RESPONSE)
    if number in REQUESTS and len(block.inf) != number & 1:
        return Event.WRONG_LENGTH
    return REQUESTS.get(number, Event.STRANGE_REQUEST)


MOST_IN_A_LABEL = 5
"""Rows with more events are those for the rest."""

S = TypeVar("S", bound=Enum)
A = TypeVar("A", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Row(Generic[S, A]):
    """In `states`, at `events`: do `action`, then be in `next` (None: where we were).

    `rule` names the standard's rule. `also` are the states in which the action may end instead.
    """

    states: tuple[S, ...]
    events: tuple[Event, ...]
    action: A
    next: S | None
    rule: str
    also: tuple[S, ...] = ()


def table(rows: Iterable[Row[S, A]]) -> dict[tuple[S, Event], Row[S, A]]:
    """Index rows by state and event; ValueError if two rows claim the same pair."""
    found: dict[tuple[S, Event], Row[S, A]] = {}
    for row in rows:
        for state in row.states:
            for event in row.events:
                if (state, event) in found:
                    raise ValueError(f"{state.name} has two rows for {event.name}")
                found[state, event] = row
    return found


def picture(rows: Iterable[Row[S, A]]) -> str:
    """Return the table as Mermaid text: an arrow from each state to each other one, with reasons.

    For an action that may also end elsewhere, only the action is named.
    """
    reasons: dict[tuple[str, str], dict[str, None]] = {}
    for row in rows:
        action = row.action.__name__.strip("_")
        several = len(row.events) > MOST_IN_A_LABEL
        events = "anything else" if several else " or ".join(e.value for e in row.events)
        for state in row.states:
            why = {row.next or state: f"{events} / {action} ({row.rule})"}
            why |= dict.fromkeys(row.also, action)
            for target, label in why.items():
                if target is not state:
                    reasons.setdefault((state.name, target.name), {})[label] = None
    arrows = (f"    {a} --> {b}: " + "<br>".join(why) for (a, b), why in reasons.items())
    return "\n".join(("stateDiagram-v2", *arrows))
