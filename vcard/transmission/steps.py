"""The next step of a host's protocol engine, for T=0 and T=1 alike.

The engine is given what the card sent and returns a step; its caller, who has the line, does it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Send:
    """Send `data` to the card and pass its answer to the engine.

    `want` is how many bytes are waited for (T=0; 0 where a block tells its own length); `wtx`
    is how many times the block waiting time is allowed (T=1; 0 for once).
    """

    data: bytes
    want: int = 0
    wtx: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """The exchange is over: the response APDU or TPDU, empty after a negotiation."""

    response: bytes


@dataclass(frozen=True, slots=True)
class Dead:
    """The exchange failed. After this T=1 needs a reset of the card; T=0 does not."""

    reason: str


Step = Send | Done | Dead


class Engine(Protocol):
    """A host's end that waits for what the card says."""

    def receive(self, raw: bytes | None) -> Step:
        """Go on with the card's bytes, or with its silence."""


def drive(engine: Engine, step: Step, line: Callable[[Send], bytes | None]) -> Done | Dead:
    """Carry out steps on a line until the exchange is over."""
    while isinstance(step, Send):
        step = engine.receive(line(step))
    return step
