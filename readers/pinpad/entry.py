"""One PIN entry: prompts, keys and the clock, as a table.

The time limit (bTimeOut) applies to the next key, not to the whole entry. Too few digits end an
entry unless the model beeps. What is done with the digits is decided elsewhere.

Spec: USB CCID 1.1, 6.1.11 (bEntryValidationCondition, bConfirmPIN, wPINMaxExtraDigit).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, StrEnum, auto

from ..ccid.pin_request import Condition, Prompt


class Key(StrEnum):
    """A key; its value is what people write for it."""

    DIGIT_0 = "0"
    DIGIT_1 = "1"
    DIGIT_2 = "2"
    DIGIT_3 = "3"
    DIGIT_4 = "4"
    DIGIT_5 = "5"
    DIGIT_6 = "6"
    DIGIT_7 = "7"
    DIGIT_8 = "8"
    DIGIT_9 = "9"
    OK = "OK"
    CANCEL = "CANCEL"
    CLEAR = "CLEAR"
    """Takes back all digits."""
    BACKSPACE = "BACKSPACE"
    """Takes back one digit."""

    @property
    def digit(self) -> bool:
        """True for 0 to 9."""
        return len(self.value) == 1


FUNCTION_KEYS = frozenset(key.value for key in Key if not key.digit)
OK, CANCEL, CLEAR, BACKSPACE = Key.OK, Key.CANCEL, Key.CLEAR, Key.BACKSPACE


def parse_keys(*typed: str) -> tuple[Key, ...]:
    """Keys from what people write: `"1234", OK` or `"1", "2", "ok"`; ValueError for others."""
    keys: list[Key] = []
    for item in typed:
        if item.isascii() and item.isdigit():
            keys.extend(Key(digit) for digit in item)
        elif item.upper() in FUNCTION_KEYS:
            keys.append(Key(item.upper()))
        else:
            raise ValueError(f"{item!r} is no key: 0..9, OK, CANCEL, CLEAR, BACKSPACE")
    return tuple(keys)


class Phase(Enum):
    """Progress of the PIN at the current prompt."""

    SHORT = auto()
    ENOUGH = auto()
    FULL = auto()


class Stroke(Enum):
    """An input to an entry."""

    DIGIT = auto()
    OK = auto()
    CANCEL = auto()
    CLEAR = auto()
    BACKSPACE = auto()
    TIMEOUT = auto()


class Result(Enum):
    """The result of an entry."""

    DONE = auto()
    CANCELLED = auto()
    TIMED_OUT = auto()
    DIFFERENT = auto()
    WRONG_LENGTH = auto()


class Entry:
    """A PIN entry with one prompt or more. `result` is None until it has ended.

    `low` and `high` limit the number of digits; `deadline` is when the time for the next key
    is over. With `patient`, OK on too few digits is ignored.
    """

    def __init__(
        self,
        prompts: tuple[Prompt, ...],
        limits: tuple[int, int],
        conditions: Condition,
        timeout_s: float,
        now: float,
        *,
        patient: bool = False,
    ) -> None:
        self.prompts = prompts
        self.low, self.high = limits
        self.conditions = conditions
        self.timeout_s = timeout_s
        self.deadline = now + timeout_s
        self.patient = patient
        self.step = 0
        self.typed = ""
        self.pins: dict[Prompt, str] = {}
        self.result: Result | None = None
        self.full_by_itself = False
        """True if the last PIN ended at its maximum length; the user may still press OK."""

    @property
    def prompt(self) -> Prompt:
        """The PIN that is requested now."""
        return self.prompts[self.step]

    @property
    def phase(self) -> Phase:
        """The progress of the PIN at this prompt."""
        if len(self.typed) >= self.high:
            return Phase.FULL
        return Phase.ENOUGH if len(self.typed) >= self.low else Phase.SHORT

    def press(self, key: Key, now: float) -> None:
        """Handle a key while the entry waits."""
        self.deadline = now + self.timeout_s
        self.full_by_itself = False
        if key.digit:
            TABLE[self.phase, Stroke.DIGIT](self, key.value)
        else:
            TABLE[self.phase, Stroke[key.name]](self, "")

    def tick(self, now: float) -> None:
        """Advance the clock while the entry waits."""
        if now >= self.deadline:
            TABLE[self.phase, Stroke.TIMEOUT](self, "")
            self.deadline = now + self.timeout_s

    def cancel(self) -> None:
        """End it without a PIN."""
        self.end(Result.CANCELLED)

    def end(self, result: Result) -> None:
        """End the entry with a result."""
        self.result = result

    def take(self) -> None:
        """Complete the PIN at this prompt: go to the next prompt, or end."""
        self.pins[self.prompt] = self.typed
        if self.prompt is Prompt.CONFIRM and self.typed != self.pins[Prompt.NEW]:
            self.end(Result.DIFFERENT)
        elif self.step + 1 == len(self.prompts):
            self.end(Result.DONE)
        else:
            self.step += 1
        self.typed = ""


Action = Callable[[Entry, str], None]


def _append(entry: Entry, digit: str) -> None:
    entry.typed += digit
    if entry.phase is Phase.FULL and entry.conditions & Condition.MAX_LENGTH:
        entry.take()
        entry.full_by_itself = True


def _validate(entry: Entry, _: str) -> None:
    if entry.conditions & Condition.KEY:
        entry.take()


def _too_short(entry: Entry, _: str) -> None:
    if entry.conditions & Condition.KEY and not entry.patient:
        entry.end(Result.WRONG_LENGTH)


def _run_out(entry: Entry, _: str) -> None:
    entry.end(Result.TIMED_OUT)


def _validate_in_time(entry: Entry, _: str) -> None:
    if entry.conditions & Condition.TIMEOUT:
        entry.take()
    else:
        entry.end(Result.TIMED_OUT)


def _erase(entry: Entry, _: str) -> None:
    entry.typed = entry.typed[:-1]


def _clear(entry: Entry, _: str) -> None:
    entry.typed = ""


def _cancel(entry: Entry, _: str) -> None:
    entry.cancel()


def _ignore(_entry: Entry, _: str) -> None:
    """Ignore the key; a real reader beeps."""


TABLE: dict[tuple[Phase, Stroke], Action] = {
    (Phase.SHORT, Stroke.DIGIT): _append,
    (Phase.SHORT, Stroke.OK): _too_short,
    (Phase.SHORT, Stroke.CANCEL): _cancel,
    (Phase.SHORT, Stroke.CLEAR): _clear,
    (Phase.SHORT, Stroke.BACKSPACE): _erase,
    (Phase.SHORT, Stroke.TIMEOUT): _run_out,
    (Phase.ENOUGH, Stroke.DIGIT): _append,
    (Phase.ENOUGH, Stroke.OK): _validate,
    (Phase.ENOUGH, Stroke.CANCEL): _cancel,
    (Phase.ENOUGH, Stroke.CLEAR): _clear,
    (Phase.ENOUGH, Stroke.BACKSPACE): _erase,
    (Phase.ENOUGH, Stroke.TIMEOUT): _validate_in_time,
    (Phase.FULL, Stroke.DIGIT): _ignore,
    (Phase.FULL, Stroke.OK): _validate,
    (Phase.FULL, Stroke.CANCEL): _cancel,
    (Phase.FULL, Stroke.CLEAR): _clear,
    (Phase.FULL, Stroke.BACKSPACE): _erase,
    (Phase.FULL, Stroke.TIMEOUT): _validate_in_time,
}
"""The action of each stroke in each phase; every pair is listed."""
