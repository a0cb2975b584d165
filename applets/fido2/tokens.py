"""pinUvAuthTokens, by which commands prove that the user was verified, and for which permissions.

One token is in use at a time. Where the caller has a clock, a token ends 30 seconds after it was
issued unless it was used, and after 10 minutes in any case.

Spec: CTAP 2.1, 6.5.2.1 (state), 6.5.3 (time limits), 6.5.5.7 (permissions).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from .codes import CtapError, Permission, Status
from .pin_protocols import verify

FIRST_USE_S, LIFETIME_S = 30.0, 600.0
LEGACY = Permission.MAKE_CREDENTIAL | Permission.GET_ASSERTION


@dataclass(slots=True)
class Token:
    """A token: its value (hidden in the repr), permissions and RP."""

    protocol: int
    permissions: Permission
    rp_id: str | None
    issued: float | None
    value: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)
    used: bool = False

    def expired(self, now: float | None) -> bool:
        """Whether the token has timed out; never without a clock."""
        if now is None or self.issued is None:
            return False
        return now - self.issued > (LIFETIME_S if self.used else FIRST_USE_S)


class Tokens:
    """The token in use, if there is one."""

    def __init__(self) -> None:
        self._token: Token | None = None

    def issue(
        self, protocol: int, permissions: Permission, rp_id: str | None, now: float | None
    ) -> bytes:
        """Begin a new token, 32 bytes; an earlier one ends."""
        self._token = Token(protocol, permissions, rp_id, now)
        return self._token.value

    def end(self) -> None:
        """End the token."""
        self._token = None

    def verify(
        self, protocol: int, message: bytes, mac: bytes, permission: Permission, now: float | None
    ) -> Token:
        """Return the token that authenticates a message; PIN_AUTH_INVALID without permission."""
        token = self._token
        if token is None or token.protocol != protocol or token.expired(now):
            raise CtapError(Status.PIN_AUTH_INVALID)
        verify(protocol, token.value, message, mac)
        if permission not in token.permissions:
            raise CtapError(Status.PIN_AUTH_INVALID)
        token.used = True
        return token

    def consume(self) -> None:
        """Leave only the permission to write large blobs."""
        if self._token is not None:
            self._token.permissions &= Permission.LARGE_BLOB_WRITE


def bind(token: Token, rp_id: str) -> None:
    """Use a token for an RP: bind it to the first one; PIN_AUTH_INVALID for any other."""
    if token.rp_id is None:
        token.rp_id = rp_id
    if token.rp_id != rp_id:
        raise CtapError(Status.PIN_AUTH_INVALID)
