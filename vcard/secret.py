"""Commands that carry a PIN or a key, which no trace or log may show.

Spec: ISO/IEC 7816-4, 11.6 (VERIFY and its neighbours); ETSI TS 102 221, 11.1.9 to 11.1.13.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

HIDDEN = 0x2A
"""The replacement for each byte of a PIN: an asterisk."""

PIN_INS = frozenset({0x20, 0x21, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2C, 0x2D})
"""VERIFY, CHANGE REFERENCE DATA, DISABLE and ENABLE VERIFICATION, RESET RETRY COUNTER."""


@dataclass(frozen=True, slots=True)
class SecretCommand:
    """A command with a key in its data: INS, and the P1 and P2 that it can have (None: any).

    `first` is what the first byte of its data must be, `second` the second byte of its (short)
    data, where that tells it from others.
    """

    ins: int
    p1: frozenset[int] | None = None
    p2: frozenset[int] | None = None
    second: int | None = None
    first: int | None = None

    def matches(self, command: bytes) -> bool:
        """True if a command (at least 4 bytes) is this one."""
        return (
            command[1] == self.ins
            and (self.p1 is None or command[2] in self.p1)
            and (self.p2 is None or command[3] in self.p2)
            and (self.first is None or _begins(command) == bytes((self.first,)))
            and (self.second is None or command[6:7] == bytes((self.second,)))
        )


READER = 0xFF
"""The class of commands that a reader answers by itself (PC/SC part 3, 3.2)."""
READER_SECRETS = (
    SecretCommand(0x82),  # LOAD KEYS
    SecretCommand(0xD2),  # the new code of a memory card
    SecretCommand(0x00, first=0xD4, second=0x40),  # a PN532 exchange: MIFARE keys go so
    SecretCommand(0x00, first=0xD4, second=0x42),
)
"""Commands of that class with keys or codes in their data."""


def _begins(command: bytes) -> bytes:
    """The first byte of the data of a command, short or extended."""
    return command[5:6] if command[4:5] != b"\0" else command[7:8]


def secret_span(command: bytes, secrets: Iterable[SecretCommand] = ()) -> slice:
    """The slice of the PIN, or of the key of one of `secrets`, in a command APDU; else empty.

    Whatever follows Lc counts as secret, also in a command that is cut short or too long.
    """
    size = len(command)
    if size < 6 or not _is_secret(command, secrets):
        return slice(size, size)
    if command[4]:
        return slice(5, min(5 + command[4], size))
    return slice(7, min(7 + int.from_bytes(command[5:7], "big"), size))


def _is_secret(command: bytes, secrets: Iterable[SecretCommand]) -> bool:
    known = READER_SECRETS if command[0] == READER else secrets
    return command[1] in PIN_INS or any(secret.matches(command) for secret in known)


def hide(raw: bytes, span: slice) -> bytes:
    """Replace the bytes at `span` with asterisks."""
    start, end, _ = span.indices(len(raw))
    return raw[:start] + bytes((HIDDEN,)) * max(0, end - start) + raw[end:]


def without_pin(command: bytes, secrets: Iterable[SecretCommand] = ()) -> bytes:
    """A command APDU with asterisks for the PIN, or for the key of one of `secrets`."""
    return hide(command, secret_span(command, secrets))
