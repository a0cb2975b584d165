"""What the token's own applications have in common."""

from __future__ import annotations

from collections.abc import Callable

from applets.shared.secure_channel.secured import SecuredApplet
from vcard import SW, Later, Reply
from vcard.touch import STEP_S, Touch, Verdict

from .device import Device


class TokenApplication(SecuredApplet):
    """An application of a token, reached in the clear or through the domain's secure channel."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.domain = device.domain
        self.touch = device.touch

    def after_touch(self, work: Callable[[], Reply]) -> Reply:
        """Do the work once the user has touched the token; 6985 if that does not happen."""
        self.device.touch.ask()
        return _look(self.device.touch, work, 0.0)


def _look(touch: Touch, work: Callable[[], Reply], waited: float) -> Reply:
    verdict = touch.verdict(waited)
    if verdict is None:
        return Later(STEP_S, lambda: _look(touch, work, waited + STEP_S))
    return work() if verdict is Verdict.TOUCHED else SW.CONDITIONS_NOT_SATISFIED
