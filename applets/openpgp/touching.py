"""Keys that want a touch before they are used.

A card has no clock: it waits in steps and counts the time of its own answers. A touch that a policy
remembers (cached) counts until the application is selected anew.

Spec: OpenPGP Smart Card Application 3.4, 4.4.3.6 (user interaction flag).
"""

from __future__ import annotations

from collections.abc import Callable

from vcard import SW, Later, Reply
from vcard.touch import STEP_S, Verdict

from .codes import Slot, Uif
from .state import OpenPgpState

NOT_TOUCHED = SW(0x6600)
CACHED = (Uif.CACHED, Uif.CACHED_PERMANENT)


class Touching(OpenPgpState):
    """Asks the user before a key is used."""

    def touched(self, slot: Slot, then: Callable[[], Reply]) -> Reply:
        """Do `then` once the user has touched the card, if the key wants it; else answer 6600."""
        policy = Uif(int.from_bytes(self.value(slot.uif), "big"))
        if not self.persona.uif or policy is Uif.OFF or slot.name in self.status.touched:
            return then()
        self.touch.ask()
        return self._look(slot, policy, then, 0)

    def _look(self, slot: Slot, policy: Uif, then: Callable[[], Reply], steps: int) -> Reply:
        verdict = self.touch.verdict(steps * STEP_S)
        if verdict is None:
            return Later(STEP_S, lambda: self._look(slot, policy, then, steps + 1))
        if verdict is not Verdict.TOUCHED:
            return NOT_TOUCHED
        if policy in CACHED:
            self.status.touched.add(slot.name)
        return then()
