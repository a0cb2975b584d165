"""PINs with a format (length, filler), and the code that unblocks them.

A `RuledPin` is a vcard.Pin (the value and its retry counter) with a `PinRule`. `verified` of a
vcard.Pin applies to the whole card; a card whose PINs are verified for one channel or for one
purpose calls `check` and keeps the result in its session.

Spec: ISO/IEC 7816-4, 11.6 (VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER).
"""

from __future__ import annotations

from dataclasses import dataclass

from vcard import SW, Memory, Pin, Section


@dataclass(frozen=True, slots=True)
class PinRule:
    """The form of a PIN: `shortest` to `longest` bytes, digits only if `digits`.

    With a `filler` (0..255) a PIN is sent as `longest` bytes, padded at its end; without one it is
    sent as it is. `strict` refuses malformed candidates uncounted; otherwise any candidate of the
    right length is compared and counted.
    """

    shortest: int
    longest: int
    filler: int | None = None
    digits: bool = False
    strict: bool = True

    def accepts(self, raw: bytes) -> bool:
        """Whether bytes from the host are well formed."""
        text = raw
        if self.filler is not None:
            text = raw.rstrip(bytes((self.filler,)))
            if len(raw) != self.longest or self.filler in text:
                return False
        if not self.shortest <= len(text) <= self.longest:
            return False
        return text.isdigit() or not self.digits

    def fits(self, raw: bytes) -> bool:
        """Whether bytes from the host have a length that this PIN can have on the wire."""
        shortest = self.shortest if self.filler is None else self.longest
        return shortest <= len(raw) <= self.longest

    def pad(self, text: str | bytes) -> bytes:
        """Encode a PIN for the card (text as UTF-8); ValueError if it is malformed."""
        raw = text.encode() if isinstance(text, str) else text
        if self.filler is not None:
            raw = raw.ljust(self.longest, bytes((self.filler,)))
        if not self.accepts(raw):
            what = "digits" if self.digits else "bytes"
            raise ValueError(f"a PIN has {self.shortest} to {self.longest} {what}")
        return raw


class RuledPin(Pin):
    """A PIN, PUK or other code on the card, with the rule for its format.

    `value` is text or bytes, padded or not; it applies only if the memory has no PIN `name`.
    ValueError if the rule does not accept it.
    """

    def __init__(
        self,
        memory: Memory | Section,
        name: str,
        value: str | bytes,
        rule: PinRule,
        *,
        tries: int = 3,
        left: int | None = None,
    ) -> None:
        super().__init__(memory, name, rule.pad(value), tries=tries, left=left)
        self.rule = rule

    def check(self, candidate: bytes) -> None:
        """Compare; raise 6A80 (uncounted, see PinRule) for a malformed value, else as Pin.check.

        The last wrong try raises `refusal`; after that every try raises 6983.
        """
        if self.blocked:
            raise SW.AUTHENTICATION_BLOCKED
        if self.rule.strict or not self.rule.fits(candidate):
            self.well_formed(candidate)
        try:
            super().check(candidate)
        except SW:
            raise self.refusal from None

    @property
    def refusal(self) -> SW:
        """Return the status word for a wrong value: 63Cx, at last 63C0. A card may override it."""
        return SW.tries_left(self.tries_left)

    def well_formed(self, candidate: bytes) -> None:
        """Raise 6A80 unless a value is well formed."""
        if not self.rule.accepts(candidate):
            raise SW.WRONG_DATA

    def matches(self, value: str | bytes) -> bool:
        """Compare a value, padded or not, without counting a try (not for commands)."""
        return super().matches(self.rule.pad(value))

    def replace(self, value: str | bytes, *, tries: int | None = None) -> None:
        """Set a value, and a number of tries, without the old value."""
        super().replace(self.rule.pad(value), tries=tries)

    def renew(self, data: bytes, by: RuledPin) -> None:
        """Set a new value with the data of a command: the value of `by`, then the new one.

        `by` is the PIN itself for CHANGE REFERENCE DATA, its PUK or resetting code for RESET RETRY
        COUNTER. Raises 6A80 if one of the two is malformed (under a strict rule before anything is
        counted), 63Cx if the value of `by` is wrong, 6983 if `by` is blocked.
        """
        if by.blocked:
            raise SW.AUTHENTICATION_BLOCKED
        proof, new = by.split(data)
        if not self.rule.fits(new):
            raise SW.WRONG_DATA
        if self.rule.strict:
            self.well_formed(new)
        by.check(proof)
        self.well_formed(new)
        self.replace(new)

    def split(self, data: bytes) -> tuple[bytes, bytes]:
        """Split data that begin with this PIN: after `longest` bytes, or after its present length.

        Raises 6A80 if the data are shorter than that.
        """
        size = self.length if self.rule.filler is None else self.rule.longest
        if len(data) < size:
            raise SW.WRONG_DATA
        return data[:size], data[size:]
