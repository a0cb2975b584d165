"""Keys that require a touch before use.

A cached touch stays valid until the application is selected again, since a card has no clock.

Spec: OpenPGP Smart Card Application 3.4, 4.4.3.6 (user interaction flag).
"""

from __future__ import annotations

from collections.abc import Callable

from vcard import SW, Reply
from vcard.touch import when_touched

from .codes import Slot, Uif
from .state import OpenPgpState

NOT_TOUCHED = SW(0x6600)
CACHED = (Uif.CACHED, Uif.CACHED_PERMANENT)


class Touching(OpenPgpState):
    """Asks the user before a key is used."""

    def touched(self, slot: Slot, then: Callable[[], Reply]) -> Reply:
        """Run `then` once the user has touched the card, if the key requires it; else 6600."""
        policy = Uif(int.from_bytes(self.value(slot.uif), "big"))
        if not self.persona.uif or policy is Uif.OFF or slot.name in self.status.touched:
            return then()

        def use() -> Reply:
            if policy in CACHED:
                self.status.touched.add(slot.name)
            return then()

        return when_touched(self.touch, use, NOT_TOUCHED)
