"""The authenticator: CTAP2 messages in, responses out. It has no framing and no clock.

Spec: CTAP 2.1, 6 (commands), 8 (message encoding).
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator

from vcard.touch import Touch, Verdict

from . import cbor
from .client_pin import client_pin
from .codes import Command, CtapError, Status
from .config import config
from .core import Answer, Core, Handler, Steps, present
from .credential_management import credential_management
from .fields import Fields, mapping
from .get_assertion import get_assertion, get_next_assertion
from .information import get_info
from .large_blobs import large_blobs
from .make_credential import make_credential
from .store import Store

log = logging.getLogger("vcard.fido2")


def reset(core: Core, _: Fields) -> Steps[Answer]:
    """Erase all credentials and the PIN (CTAP 2.1, 6.6); NOT_ALLOWED outside the time window."""
    if not core.may_reset:
        raise CtapError(Status.NOT_ALLOWED)
    return _reset(core)


def _reset(core: Core) -> Steps[Answer]:
    yield from present(core)
    core.store.erase()
    core.tokens.end()
    core.mismatches = 0
    core.agreement.renew()
    return None


def selection(core: Core, _: Fields) -> Steps[Answer]:
    """Let the user choose this authenticator (CTAP 2.1, 6.9)."""
    yield from present(core)
    return None


COMMANDS: dict[int, Handler] = {
    Command.MAKE_CREDENTIAL: make_credential,
    Command.GET_ASSERTION: get_assertion,
    Command.GET_INFO: get_info,
    Command.CLIENT_PIN: client_pin,
    Command.RESET: reset,
    Command.GET_NEXT_ASSERTION: get_next_assertion,
    Command.CREDENTIAL_MANAGEMENT: credential_management,
    Command.SELECTION: selection,
    Command.LARGE_BLOBS: large_blobs,
    Command.CONFIG: config,
    Command.CREDENTIAL_MANAGEMENT_PREVIEW: credential_management,
}
_OF_CTAP21 = frozenset({Command.SELECTION, Command.LARGE_BLOBS, Command.CONFIG})
_WITHOUT_PARAMETERS = frozenset(
    {Command.GET_INFO, Command.RESET, Command.GET_NEXT_ASSERTION, Command.SELECTION}
)
_CONTINUES = {
    Command.GET_NEXT_ASSERTION,
    Command.CREDENTIAL_MANAGEMENT,
    Command.CREDENTIAL_MANAGEMENT_PREVIEW,
    Command.LARGE_BLOBS,
}
"""Commands that may continue a sequence that an earlier one began."""


class Call:
    """A command under way: its answer, or a touch that it waits for."""

    def __init__(self, core: Core, steps: Steps[Answer]) -> None:
        self._core = core
        self._steps = steps
        self.answer: bytes | None = None

    def poll(self, waited: float) -> bytes | None:
        """Return the response `waited` seconds after the command; None if the user is undecided."""
        if self.answer is None:
            verdict = self._core.touch.verdict(waited)
            if verdict is not None:
                self.end(verdict)
        return self.answer

    def cancel(self) -> None:
        """End the wait with KEEPALIVE_CANCEL, unless the response is ready."""
        if self.answer is None:
            self._core.touch.stop()
            self.end(Verdict.CANCELLED)

    def start(self) -> None:
        """Run to the answer, or to the first touch."""
        self._run(lambda: next(self._steps))

    def end(self, verdict: Verdict) -> None:
        """Continue with the user's decision."""
        self._run(lambda: self._steps.send(verdict))

    def _run(self, step: Callable[[], None]) -> None:
        """Run a step as one transaction; a refused command's writes are rolled back."""
        try:
            with self._core.store.transaction():
                self.answer = _outcome(step)
        except CtapError as error:
            self.answer = bytes((error.status,))
        except OSError as error:
            log.error("the memory cannot be written: %s", error)
            self.answer = bytes((Status.OTHER,))


def _outcome(step: Callable[[], None]) -> bytes | None:
    """The encoded answer if the step was the last one."""
    try:
        step()
    except StopIteration as stop:
        answer: Answer = stop.value
        return bytes((Status.SUCCESS,)) + (b"" if answer is None else cbor.encode(answer))
    return None


class Authenticator:
    """An authenticator in a card's memory; `call` starts a command."""

    def __init__(self, store: Store, touch: Touch) -> None:
        self.core = Core(store, touch)
        self.current: Call | None = None
        self.on_bus = False
        """Whether a bus powers the authenticator, so that a card's reset does not reset it."""

    def power_up(self, now: float | None = None) -> None:
        """Forget everything volatile; `now` is the caller's clock, if it has one."""
        self.current = None
        self.core.power_up(now)

    @property
    def waits(self) -> bool:
        """Whether a command waits for its user."""
        return self.current is not None and self.current.answer is None

    def call(self, message: bytes, now: float | None = None) -> Call:
        """Start a command; cancel one that still waits."""
        self.cancel()
        self.core.now = now
        self.current = Call(self.core, self._steps(message))
        self.current.start()
        return self.current

    def cancel(self) -> None:
        """End the wait of the command under way, if there is one."""
        if self.current is not None:
            self.current.cancel()

    def _steps(self, message: bytes) -> Steps[Answer]:
        """Run one command, as a generator even if it never waits."""
        if len(message) > self.core.settings.max_message:
            raise CtapError(Status.REQUEST_TOO_LARGE)
        handler, fields = self._parsed(message)
        result = handler(self.core, fields)
        if message[0] != Command.GET_INFO:
            self.core.fresh = False
        return (yield from result) if isinstance(result, Generator) else result

    def _parsed(self, message: bytes) -> tuple[Handler, Fields]:
        command = message[0] if message else 0
        handler = COMMANDS.get(command)
        if handler is None or (command in _OF_CTAP21 and not self.core.settings.ctap21):
            raise CtapError(Status.INVALID_COMMAND)
        if command not in _CONTINUES:
            self.core.interrupt()
        if command in _WITHOUT_PARAMETERS:
            return handler, {}
        return handler, mapping(cbor.decode(message[1:]))
