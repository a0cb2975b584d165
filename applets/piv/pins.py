"""PINs of a PIV card: what they may look like, and what has been verified.

Spec: NIST SP 800-73-4, part 2, 2.4.3 (PIN and PUK format), 2.4 (security status).
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from vcard import SW, Memory, Pin, Section

from .codes import Reference
from .symmetric import Dialogue

SIZE = 8
FILLER = b"\xff"


@dataclass(frozen=True, slots=True)
class PinRule:
    """6 to 8 characters, filled up with FF to 8 bytes; PINs of the standard are digits.

    `strict` refuses badly formed values at once and uncounted; otherwise, as Yubico's tools
    expect, any 8 bytes are compared and counted. SP 800-73-4, part 2, 3.2.1 allows both.
    """

    digits: bool = True
    strict: bool = True

    def accepts(self, raw: bytes) -> bool:
        """Whether 8 bytes from the host are formed well."""
        text = raw.rstrip(FILLER)
        if len(raw) != SIZE or len(text) < 6 or FILLER in text:
            return False
        return text.isdigit() or not self.digits

    def pad(self, text: str | bytes) -> bytes:
        """The 8 bytes of a PIN given as text; ValueError if it is not formed well."""
        raw = (text.encode("ascii") if isinstance(text, str) else text).ljust(SIZE, FILLER)
        if not self.accepts(raw):
            raise ValueError(f"a PIN has 6 to 8 {'digits' if self.digits else 'bytes'}")
        return raw


@dataclass(slots=True)
class Session:
    """What has been proved since the application was selected; gone with the selection.

    `fresh` is true from a verification until the next use of a private key.
    """

    pin: bool = False
    fresh: bool = False
    pairing: bool = False
    administrator: bool = False
    dialogue: Dialogue = field(default_factory=Dialogue)


class GuardedPin:
    """One PIN or PUK on the card with the rule for its format."""

    def __init__(
        self, memory: Memory | Section, name: str, value: bytes, rule: PinRule, tries: int = 3
    ) -> None:
        self.pin = Pin(memory, name, value, tries=tries)
        self.rule = rule
        self._memory, self._name = memory, f"{name}.value"

    def check(self, candidate: bytes) -> None:
        """Compare; raises 6A80 (uncounted, see PinRule) for a wrong format, else as Pin.check.

        The last wrong try answers 63C0; from then on it is 6983 whatever is compared.
        """
        if self.pin.blocked:
            raise SW.AUTHENTICATION_BLOCKED
        if self.rule.strict or len(candidate) != SIZE:
            self.well_formed(candidate)
        try:
            self.pin.check(candidate)
        except SW:
            raise SW.tries_left(self.pin.tries_left) from None

    def well_formed(self, candidate: bytes) -> None:
        """Raise 6A80 unless a PIN may look like this."""
        if not self.rule.accepts(candidate):
            raise SW.WRONG_DATA

    def replace(self, text: str, tries: int) -> None:
        """Set a value and a number of tries without asking for the old ones."""
        self.pin.replace(self.rule.pad(text), tries=tries)

    def is_value(self, text: str) -> bool:
        """Whether this is the value; nothing is counted."""
        value = self._memory[self._name]
        assert isinstance(value, bytes)
        return hmac.compare_digest(self.rule.pad(text), value)

    @property
    def status(self) -> SW:
        """63Cx with the tries left, or 6983."""
        left = self.pin.tries_left
        return SW.tries_left(left) if left else SW.AUTHENTICATION_BLOCKED


PINS = {Reference.GLOBAL_PIN, Reference.PIN}
