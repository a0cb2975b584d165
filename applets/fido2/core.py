"""The state that the commands of an authenticator share, and the touch of its user.

A command that needs a touch is a generator: it yields while it waits, and is sent the verdict.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any, TypeVar

from vcard.touch import Touch, Verdict

from .codes import CtapError, Status
from .fields import Fields
from .pin_protocols import KeyAgreement
from .settings import Settings
from .store import Store
from .tokens import Tokens

T = TypeVar("T")
Answer = Mapping[int, Any] | None
"""The map in a command's response; None for a status alone."""
Steps = Generator[None, Verdict, T]
Handler = Callable[["Core", Fields], Answer | Steps[Answer]]

RESET_S = 10.0
"""Seconds after power-up in which a reset is allowed (CTAP 2.1, 6.6)."""
REFUSALS = {
    Verdict.REFUSED: Status.OPERATION_DENIED,
    Verdict.TIMED_OUT: Status.USER_ACTION_TIMEOUT,
    Verdict.CANCELLED: Status.KEEPALIVE_CANCEL,
}
UV_TRIES = 3


class Core:
    """An authenticator's state; `power_up` clears the volatile part."""

    def __init__(self, store: Store, touch: Touch) -> None:
        self.settings: Settings = store.settings
        self.store = store
        self.touch = touch
        self.now: float | None = None
        """The caller's clock, in seconds; None where it has none."""
        self.power_up()

    def power_up(self, now: float | None = None) -> None:
        """Renew the key agreement key; clear tokens and unfinished sequences."""
        self.powered_at = now
        self.fresh = True
        """Whether only commands that change nothing came since power-up."""
        self.agreement = KeyAgreement()
        self.tokens = Tokens()
        self.mismatches = 0
        """Wrong PINs in a row since power-up."""
        self.touch.reset()
        self.interrupt()

    def interrupt(self) -> None:
        """Discard an unfinished sequence of commands."""
        self.assertions: Iterator[Answer] | None = None
        self.assertions_until: float | None = None
        self.listing: Listing | None = None
        self.upload: Upload | None = None

    @property
    def protected(self) -> bool:
        """Whether a PIN is set, or the user can be verified in another way."""
        return "pin" in self.store.memory or self.settings.verification != "none"

    @property
    def may_reset(self) -> bool:
        """Whether a reset is allowed now; without a clock, only right after power-up."""
        if self.settings.reset != "power-up":
            return self.settings.reset == "always"
        if self.now is None or self.powered_at is None:
            return self.fresh
        return self.now - self.powered_at <= RESET_S

    def consume_token(self) -> None:
        """Called after user presence was collected: withdraw the token's credential permissions.

        Spec: CTAP 2.1, 6.1.2 and 6.2.2; in CTAP 2.0 a token lasts until power-up.
        """
        if self.settings.ctap21:
            self.tokens.consume()

    def verify_user(self) -> None:
        """Verify the user without a PIN; UV_INVALID on failure, UV_BLOCKED after three."""
        memory, left = self.store.memory, self.store.get("uv tries", UV_TRIES)
        if not left:
            raise CtapError(Status.UV_BLOCKED)
        memory.write_through("uv tries", left - 1)
        if self.settings.verification == "refuse":
            raise CtapError(Status.UV_INVALID)
        memory.write_through("uv tries", UV_TRIES)


class Listing:
    """The rest of a list, and the subcommand that returns it."""

    def __init__(self, following: int, entries: Iterator[dict[int, Any]]) -> None:
        self.following = following
        self.entries = entries


class Upload:
    """A large-blob array that comes in pieces."""

    def __init__(self, length: int) -> None:
        self.length = length
        self.received = b""


def present(core: Core) -> Steps[None]:
    """Wait for a touch; CtapError with the status of the refusal if there is none."""
    core.touch.ask()
    verdict = yield
    if verdict is not Verdict.TOUCHED:
        raise CtapError(REFUSALS[verdict])
