"""The FIDO application on a smart card: CTAP messages in APDUs.

A command that waits for a touch returns 9100 and is polled, if the host supports that; for other
hosts the card stays busy in steps until the user has decided. The card has no clock: it adds up the
time of its own responses.

Spec: CTAP 2.1, 11.3 (ISO 7816, ISO 14443): SELECT, NFCCTAP_MSG, NFCCTAP_GETRESPONSE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from vcard import SW, Applet, Card, Command, Later, Memory, Reply, Response, handles
from vcard.hid import Around, unchanged
from vcard.touch import STEP_S, Touch

from . import u2f
from .attestation import BATCH, ENTERPRISE
from .authenticator import Authenticator, Call
from .codes import (
    AID,
    NFCCTAP_GETRESPONSE,
    NFCCTAP_MSG,
    PROCESSING,
    UNDERSTANDS_KEEP_ALIVE,
    USER_PRESENCE_NEEDED,
)
from .ctaphid import CtapHid
from .issuing import Attestation, Issuer
from .pins import ClientPin, pin_hash
from .settings import PIN_BYTES, Settings
from .store import Store

SELECTED_CTAP2 = b"FIDO_2_0"
KEEP_ALIVE = SW(0x9100)
CANCEL = 0x11
"""P1 of NFCCTAP_GETRESPONSE."""
DEMO_PIN = "1234"
DEFAULT_ATR = bytes.fromhex("3B8D80018073C021C057597562694B6579F9")
"""A contactless security key, as clients that look at the ATR expect it."""


class Fido2(Applet):
    """An authenticator: U2F and CTAP 2.1.

    `touch` is its user, who touches at once by default. `on_bus` False leaves it without CTAPHID.
    `attestation` and `pin` apply to a blank memory only: `attestation` holds the keys of the batch
    and of this authenticator (by default a new test CA issues them); no `pin` is set by default.
    ValueError for a PIN that is too short or too long.
    """

    aid = AID
    section = "Fido2"
    touch: Touch

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        touch: Touch | None = None,
        attestation: tuple[Attestation, Attestation] | None = None,
        pin: str | None = None,
        on_bus: bool = True,
    ) -> None:
        self.settings = settings or Settings()
        self.touch = touch or Touch()
        if pin is not None and not self.settings.min_pin <= len(pin) <= PIN_BYTES:
            raise ValueError(f"a PIN has {self.settings.min_pin} to {PIN_BYTES} characters")
        self._issued = attestation
        self._pin = pin
        self.has_bus = on_bus
        self._call: Call | None = None
        self._waited = 0.0

    @classmethod
    def demo(cls) -> Self:
        """Make an authenticator with PIN 1234, whose user touches at once."""
        return cls(pin=DEMO_PIN)

    def on_card(self, memory: Memory | None = None, atr: bytes | None = None) -> Card:
        """Make a card with this application alone; `atr` replaces that of a security key."""
        return Card(self, atr=DEFAULT_ATR if atr is None else atr, memory=memory)

    def installed(self) -> None:
        """Initialise a blank memory, or load the authenticator in it."""
        store = Store(self.memory, self.card.memory, self.settings)
        self.authenticator = Authenticator(store, self.touch)
        if store.blank:
            self._personalise(store)

    def _personalise(self, store: Store) -> None:
        store.erase()
        issued = self._issued or Issuer.create().equip(self.settings.aaguid)
        for name, each in zip((BATCH, ENTERPRISE), issued, strict=True):
            store.memory[name] = (each.certificate, each.key)
        if self._pin is not None:
            ClientPin(self.authenticator.core).keep(pin_hash(self._pin), len(self._pin))

    def hid_function(self, around: Around = unchanged) -> CtapHid | None:
        """CTAPHID: the same authenticator on a bus, which powers it from now on."""
        return CtapHid(self.authenticator, around) if self.has_bus else None

    # The session

    def powered(self) -> None:
        """Clear tokens and unfinished commands, unless a bus powers the device."""
        self.deselected()
        if not self.authenticator.on_bus:
            self.authenticator.power_up()
        elif not self.authenticator.waits:
            self.touch.reset()  # no command waits for it any more

    def selected(self, command: Command, aid: bytes) -> Reply:  # noqa: ARG002 - Applet's shape
        """Return the version; cancel a waiting command and end the tokens."""
        self.deselected()
        core = self.authenticator.core
        return u2f.NAME if self.settings.u2f and not core.store.always_uv else SELECTED_CTAP2

    def deselected(self) -> None:
        """Cancel the waiting command and end the tokens, except those of the bus."""
        if self._call is not None:
            self._call.cancel()
        self._call = None
        if not self.authenticator.on_bus:
            self.authenticator.cancel()
            self.authenticator.core.interrupt()
            self.authenticator.core.tokens.end()

    # CTAP2

    @handles(NFCCTAP_MSG, cla=0x80)
    def message(self, command: Command) -> Reply:
        """NFCCTAP_MSG: a CTAP2 message, its answer or a keep-alive."""
        if not command.data:
            return SW.WRONG_LENGTH
        self._waited = 0.0
        self._call = self.authenticator.call(command.data)
        patient = command.p1 & UNDERSTANDS_KEEP_ALIVE
        return self._keep_alive() if patient else self._work_on()

    @handles(NFCCTAP_GETRESPONSE, cla=0x80)
    def get_response(self, command: Command) -> Reply:
        """NFCCTAP_GETRESPONSE: poll, or cancel (P1 11)."""
        if self._call is None:
            return SW.CONDITIONS_NOT_SATISFIED
        if command.p1 == CANCEL:
            self._call.cancel()
            return self._keep_alive()
        return self._after_a_step(self._keep_alive)

    def _keep_alive(self) -> Reply:
        """The response, or 9100 with the reason for the wait."""
        answer = self._answer()
        if answer is not None:
            return answer
        status = USER_PRESENCE_NEEDED if self.touch.wanted else PROCESSING
        return Response(status, KEEP_ALIVE)

    def _work_on(self) -> Reply:
        """The response, or Busy for hosts without keep-alives."""
        answer = self._answer()
        return self._after_a_step(self._work_on) if answer is None else answer

    def _after_a_step(self, then: Callable[[], Reply]) -> Later:
        def step() -> Reply:
            self._waited += STEP_S
            return then()

        return Later(STEP_S, step)

    def _answer(self) -> bytes | None:
        assert self._call is not None
        answer = self._call.poll(self._waited)
        if answer is not None:
            self._call = None
        return answer

    # U2F

    @handles(u2f.REGISTER, cla=0x00)
    @handles(u2f.AUTHENTICATE, cla=0x00)
    @handles(u2f.VERSION, cla=0x00)
    def u2f(self, command: Command) -> Reply:
        """A raw message of U2F."""
        self.authenticator.cancel()
        core, after = self.authenticator.core, self.touch.after
        if after:  # the user has not decided
            return Later(after, lambda: u2f.answer(core, command, after))
        return u2f.answer(core, command)
