"""Recordings: the traffic of a card's contacts as text, to be read, compared and replayed.

    # vcard recording 1
    0.000000 up 3B 87 80 01 80 65 76 63 61 72 64 81
    0.004211 > 00 A4 04 00 0A A0 00 00 00 62 03 01 0C 06 01
    0.004305 < 90 00
    5.010000 down

A card that stays mute is `< mute`; a reset is another `up`. A number after the sign, as in `>1`,
is the port. Lines that start with # are comments.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Self

from ..contact import Busy, Contact, changed
from ..secret import without_pin
from ..sw import SW
from .t0_forms import forms, speaks_t0

log = logging.getLogger("vcard.replay")

HEADER = "# vcard recording 1"


class Kind(Enum):
    """The kinds of lines in a recording."""

    UP = "up"
    DOWN = "down"
    COMMAND = ">"
    ANSWER = "<"


_LINE = re.compile(
    r"(?P<time>\d+(?:\.\d+)?)\s+(?P<kind>up|down|>|<)(?P<port>\d*)"
    r"\s*(?P<data>mute|[0-9A-Fa-f\s]*)"
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: `time_s` since the start, what happened, the bytes (None: mute), the port."""

    time_s: float
    kind: Kind
    data: bytes | None = b""
    port: int | None = None

    @classmethod
    def parse(cls, line: str) -> Self:
        """Read a line; ValueError if it is none."""
        match = _LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"{line.strip()[:60]!r} is no line of a recording")
        data = None if match["data"] == "mute" else bytes.fromhex(match["data"])
        port = int(match["port"]) if match["port"] else None
        return cls(float(match["time"]), Kind(match["kind"]), data, port)

    def __str__(self) -> str:
        port = "" if self.port is None else str(self.port)
        data = "mute" if self.data is None else self.data.hex(" ").upper()
        return f"{self.time_s:.6f} {self.kind.value}{port} {data}".rstrip()


def parse(text: str) -> list[Entry]:
    """Read a recording; ValueError names the line, or the version if it is not known."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != HEADER:
        raise ValueError(f"line 1: a recording starts with {HEADER!r}")
    entries = []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                entries.append(Entry.parse(line))
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from None
    return entries


class Recorder:
    """Wraps a Contact and writes down its traffic.

    `write` gets each line (without newline), the header first; `clock` gives seconds.
    """

    def __init__(
        self, contact: Contact, write: Callable[[str], object], clock: Callable[[], float]
    ) -> None:
        self.contact = contact
        self._write = write
        self._clock = clock
        self._start = clock()
        write(HEADER)

    def power_up(self) -> bytes | None:
        """Pass on and note the ATR."""
        atr = self.contact.power_up()
        self._note(Kind.UP, atr)
        return atr

    def power_down(self) -> None:
        """Pass on and note."""
        self.contact.power_down()
        self._note(Kind.DOWN, b"")

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:
        """Pass on and note both ways; a Busy card's answer when it comes."""
        self._note(Kind.COMMAND, command, port)
        return changed(self.contact.exchange(command, port), self._answered)

    def _answered(self, answer: bytes | None) -> bytes | None:
        self._note(Kind.ANSWER, answer)
        return answer

    def _note(self, kind: Kind, data: bytes | None, port: int | None = None) -> None:
        self._write(str(Entry(self._clock() - self._start, kind, data, port)))


class ReplayCard:
    """A Contact that answers from a recording.

    In strict order (the default) a command that is not the recorded next one gets 6F00 and is
    told in `departure` and the log, with what was expected; with `lookup` each command is looked
    up by its bytes, its recorded answers given in turn.
    """

    def __init__(self, entries: Iterable[Entry], *, lookup: bool = False) -> None:
        self._lookup = lookup
        self._steps = _steps(entries)
        self._atrs = [step.answer for step in self._steps if step.command is None]
        self._next = 0
        self._used: dict[bytes, int] = {}
        self._known: dict[bytes, list[Step]] = {}
        for step in self._steps:
            if step.command is not None:
                self._known.setdefault(step.command, []).append(step)
        self._ups = 0
        self._over_t0 = False
        self.departure: str | None = None
        if not self._atrs:
            raise ValueError("the recording has no power-up")

    @property
    def finished(self) -> bool:
        """True once every recorded command was asked for (strict order)."""
        rest = self._steps[self._next :]
        return self.departure is None and all(step.command is None for step in rest)

    @property
    def progress(self) -> tuple[str, int, int] | None:
        """The progress of a replay in strict order, for a panel: steps done, and steps in all."""
        under_way = 0 < self._next < len(self._steps) and not self._lookup
        return ("replay", self._next, len(self._steps)) if under_way else None

    def power_up(self) -> bytes | None:
        """The recorded ATRs in turn; the last one stays."""
        atr = self._atrs[min(self._ups, len(self._atrs) - 1)]
        self._ups += 1
        self._over_t0 = speaks_t0(atr)
        return atr

    def power_down(self) -> None:
        """Do nothing: there is no volatile state."""

    def exchange(self, command: bytes, port: int | None = None) -> bytes | None:  # noqa: ARG002 - as in Contact
        """The recorded answer, or 6F00 and a `departure`."""
        step = self._find(command) if self._lookup else self._advance(command)
        return step.answer if step else SW.NO_PRECISE_DIAGNOSIS.raw

    def _advance(self, command: bytes) -> Step | None:
        """Strict order: the next command step, power-ups between skipped."""
        position = self._next
        while position < len(self._steps) and self._steps[position].command is None:
            position += 1
        expected = self._steps[position].command if position < len(self._steps) else None
        if expected not in list(self._forms(command)):
            wanted = "nothing more"
            if expected is not None:
                wanted = without_pin(expected).hex(" ").upper()
            self._depart(position, wanted, command)
            return None
        self._next = position + 1
        return self._steps[position]

    def _find(self, command: bytes) -> Step | None:
        for form in self._forms(command):
            known = self._known.get(form)
            if known:
                turn = self._used.get(form, 0)
                self._used[form] = turn + 1
                return known[min(turn, len(known) - 1)]
        self._depart(len(self._steps), "a recorded command", command)
        return None

    def _forms(self, command: bytes) -> Iterator[bytes]:
        """The command as it can stand in the recording."""
        return forms(command, over_t0=self._over_t0)

    def _depart(self, position: int, wanted: str, command: bytes) -> None:
        """Keep and tell the first place where the client left the recording."""
        if self.departure is None:
            number = sum(step.command is not None for step in self._steps[:position]) + 1
            got = without_pin(command).hex(" ").upper()
            self.departure = f"command {number}: expected {wanted}, got {got}"
            log.error("%s", self.departure)


@dataclass(frozen=True, slots=True)
class Step:
    """A command and its answer; a power-up has no command and its ATR as the answer."""

    command: bytes | None
    answer: bytes | None


def _steps(entries: Iterable[Entry]) -> list[Step]:
    steps: list[Step] = []
    waiting: bytes | None = None
    for entry in entries:
        if entry.kind is Kind.UP:
            steps.append(Step(None, entry.data))
        elif entry.kind is Kind.COMMAND:
            waiting = entry.data
        elif entry.kind is Kind.ANSWER and waiting is not None:
            steps.append(Step(waiting, entry.data))
            waiting = None
    return steps
