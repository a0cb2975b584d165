"""PIN objects: reference data with a retry counter.

Spec: ISO/IEC 7816-4, 11.6 (VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER).
"""

from __future__ import annotations

import hmac

from .memory import Memory, Section
from .sw import SW


class Pin:
    """A PIN in a card's memory: its value, its tries, and whether it was verified.

    `value`, `tries` (1..15) and of these what is `left` (all) are written on first use only; a
    memory that already has them keeps its own. Verification is volatile: `reset()` forgets it. A
    try is counted, durably, before the comparison.
    """

    def __init__(
        self,
        memory: Memory | Section,
        name: str,
        value: bytes,
        *,
        tries: int = 3,
        left: int | None = None,
    ) -> None:
        _check_tries(tries)
        self._memory = memory
        self._value, self._tries, self._limit = f"{name}.value", f"{name}.tries", f"{name}.limit"
        self.verified = False
        left = tries if left is None else min(left, tries)
        for key, initial in ((self._value, value), (self._tries, left), (self._limit, tries)):
            if key not in memory:
                memory[key] = initial

    @staticmethod
    def kept(memory: Memory | Section, name: str) -> bool:
        """Return whether a memory already has a PIN of that name."""
        return f"{name}.value" in memory

    @property
    def tries_left(self) -> int:
        """The remaining tries, 0 when blocked."""
        return self._memory.integer(self._tries)

    @property
    def limit(self) -> int:
        """The tries of a fresh counter."""
        return self._memory.integer(self._limit)

    @property
    def blocked(self) -> bool:
        """True once all tries are used."""
        return self.tries_left == 0

    @property
    def status(self) -> SW:
        """The answer to VERIFY without data: 9000, 63Cx (63CF also for more tries) or 6983."""
        if self.verified:
            return SW.OK
        left = min(self.tries_left, _MOST_TOLD)
        return SW.tries_left(left) if left else SW.AUTHENTICATION_BLOCKED

    def verify(self, candidate: bytes) -> None:
        """Compare; raises 63Cx if wrong, 6983 if blocked."""
        self.check(candidate)
        self.verified = True

    def check(self, candidate: bytes) -> None:
        """Compare without setting `verified` (raises and counts as `verify`)."""
        if self.blocked:
            raise SW.AUTHENTICATION_BLOCKED
        self.verified = False
        self._memory.write_through(self._tries, self.tries_left - 1)
        if not hmac.compare_digest(candidate, self._reference):
            raise self.status
        self._memory.write_through(self._tries, self.limit)

    @property
    def _reference(self) -> bytes:
        return self._memory.octets(self._value)

    @property
    def length(self) -> int:
        """The length of the value in bytes."""
        return len(self._reference)

    def matches(self, value: bytes) -> bool:
        """Whether this is the value; nothing is counted. For the card itself, not for commands."""
        return hmac.compare_digest(value, self._reference)

    def change(self, old: bytes, new: bytes) -> None:
        """Replace the value after comparing the old one (raises and counts as `verify`)."""
        self.check(old)
        self.replace(new)

    def replace(self, value: bytes, *, tries: int | None = None) -> None:
        """Set a new value without asking for the old; the counter is full again."""
        if tries is not None:
            _check_tries(tries)
            self._memory[self._limit] = tries
        self._memory[self._value] = value
        self.refill()

    def refill(self) -> None:
        """Reset the retry counter to its initial value (RESET RETRY COUNTER)."""
        self._memory[self._tries] = self.limit

    def reset(self) -> None:
        """Forget that the PIN was verified (card reset, applet deselected)."""
        self.verified = False


_MOST_TOLD = 0xF


def _check_tries(tries: int) -> None:
    if not 1 <= tries <= 15:
        raise ValueError(f"tries are 1..15, not {tries}")
