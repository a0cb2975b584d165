"""The client PIN: its stored hash, its tries, its rules.

The card stores the first half of the PIN's SHA-256 and the PIN's length. It counts a try in memory
before the comparison. Three wrong PINs in a row block until the next power-up.

Spec: CTAP 2.1, 6.5.1 and 6.5.5.5 to 6.5.5.7.
"""

from __future__ import annotations

import hashlib
import hmac

from .codes import CtapError, Status
from .core import Core
from .pin_protocols import SharedSecret
from .settings import PIN_BYTES

PADDED_BYTES, HASH_BYTES = 64, 16
MOST_MISMATCHES = 3


def pin_hash(pin: str) -> bytes:
    """Return the stored hash of a PIN, 16 bytes."""
    return hashlib.sha256(pin.encode()).digest()[:HASH_BYTES]


class ClientPin:
    """The PIN of an authenticator."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._store = core.store

    @property
    def set_already(self) -> bool:
        """Whether a PIN is set."""
        return "pin" in self._store.memory

    @property
    def tries_left(self) -> int:
        """The remaining tries, 0 when blocked."""
        return self._store.get("pin tries", self._core.settings.pin_tries)

    @property
    def must_change(self) -> bool:
        """Whether the PIN must be changed before it gives tokens (forcePINChange)."""
        return self._store.get("force pin change", False)

    def ready(self) -> None:
        """Raise PIN_NOT_SET, PIN_BLOCKED or PIN_AUTH_BLOCKED unless a PIN can be tried now."""
        if not self.set_already:
            raise CtapError(Status.PIN_NOT_SET)
        if not self.tries_left:
            raise CtapError(Status.PIN_BLOCKED)
        if self._core.mismatches >= MOST_MISMATCHES:
            raise CtapError(Status.PIN_AUTH_BLOCKED)

    def check(self, shared: SharedSecret, sent: bytes) -> None:
        """Compare an encrypted PIN hash; PIN_INVALID, PIN_BLOCKED or PIN_AUTH_BLOCKED if wrong.

        The try counts before anything is decrypted. A wrong one ends the key agreement.
        """
        memory, core = self._store.memory, self._core
        memory.write_through("pin tries", self.tries_left - 1)
        if not hmac.compare_digest(_decrypted(shared, sent), self._store.get("pin", b"")):
            core.agreement.renew()
            core.mismatches += 1
            if not self.tries_left:
                raise CtapError(Status.PIN_BLOCKED)
            blocked = core.mismatches >= MOST_MISMATCHES
            raise CtapError(Status.PIN_AUTH_BLOCKED if blocked else Status.PIN_INVALID)
        memory.write_through("pin tries", core.settings.pin_tries)
        core.mismatches = 0

    def replace(self, padded: bytes) -> None:
        """Set a PIN, padded with zeros to 64 bytes; PIN_POLICY_VIOLATION if the rules forbid it."""
        if len(padded) != PADDED_BYTES:
            raise CtapError(Status.INVALID_PARAMETER)
        raw = padded.rstrip(b"\0")
        digest = hashlib.sha256(raw).digest()[:HASH_BYTES]
        unchanged = self.must_change and digest == self._store.get("pin", b"")
        if _length(raw) < self._store.min_pin or len(raw) > PIN_BYTES or unchanged:
            raise CtapError(Status.PIN_POLICY_VIOLATION)
        self.keep(digest, _length(raw))

    def keep(self, digest: bytes, length: int) -> None:
        """Store a PIN's hash and its length in code points; reset the tries and end the tokens."""
        memory = self._store.memory
        memory["pin"], memory["pin length"] = digest, length
        memory["pin tries"], memory["force pin change"] = self._core.settings.pin_tries, False
        self._core.mismatches = 0
        self._core.tokens.end()


def _decrypted(shared: SharedSecret, sent: bytes) -> bytes:
    try:
        return shared.decrypt(sent)
    except CtapError:
        return b""  # counts as a wrong PIN


def _length(raw: bytes) -> int:
    """The length in code points; PIN_POLICY_VIOLATION if it is not UTF-8."""
    try:
        return len(raw.decode())
    except UnicodeDecodeError:
        raise CtapError(Status.PIN_POLICY_VIOLATION) from None
