"""The FIDO application on a smart card: CTAP messages in APDUs.

A command that waits for a touch answers 9100 and is asked again, where the host understands that;
for others the card works in steps until the user has decided. The card has no clock: it counts the
time of its own answers.

Spec: CTAP 2.1, 11.3 (ISO 7816, ISO 14443): SELECT, NFCCTAP_MSG, NFCCTAP_GETRESPONSE.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

from vcard import SW, Applet, Card, Command, Later, Memory, Reply, Response, handles
from vcard.touch import STEP_S, Touch

from . import u2f
from .authenticator import Authenticator, Call
from .codes import AID
from .issuing import Attestation
from .settings import Settings

SELECTED_CTAP2 = b"FIDO_2_0"
KEEP_ALIVE = SW(0x9100)
PROCESSING, USER_PRESENCE_NEEDED = b"\x01", b"\x02"
UNDERSTANDS_KEEP_ALIVE, CANCEL = 0x80, 0x11


class Fido2(Applet):
    """An authenticator: U2F and CTAP 2.1.

    `touch` is its user, who touches at once if none is named. `attestation` is what a blank memory
    is given; a new test CA issues it if none is named. `pin` is set on a blank memory.
    """

    aid = AID

    def __init__(
        self,
        settings: Settings | None = None,
        *,
        touch: Touch | None = None,
        attestation: Attestation | None = None,
        pin: str | None = None,
    ) -> None:
        self.settings = settings or Settings()
        self.touch = touch or Touch()
        self._attestation = attestation
        self._pin = pin
        self._call: Call | None = None
        self._waited = 0.0

    @classmethod
    def demo(cls) -> Self:
        """An authenticator with PIN 1234, whose user touches at once."""
        return cls(pin="1234")

    def on_card(self, memory: Memory | None = None, atr: bytes | None = None) -> FidoCard:
        """A card with this application alone, selected from the start."""
        return FidoCard(self, memory, atr)

    def installed(self) -> None:
        """Make an authenticator of a blank memory, take up one that is not."""
        self.authenticator = Authenticator(
            self.card.memory, self.memory.name, self.settings, self.touch
        )
