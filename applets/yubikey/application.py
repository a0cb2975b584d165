"""Base class of the token's own applications."""

from __future__ import annotations

from collections.abc import Callable

from applets.shared.secure_channel.secured import SecuredApplet
from vcard import SW, Reply
from vcard.touch import when_touched

from .device import Device


class TokenApplication(SecuredApplet):
    """An application of a token, reached in the clear or through the domain's secure channel."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.domain = device.domain
        self.touch = device.touch

    def after_touch(self, work: Callable[[], Reply]) -> Reply:
        """Run the work once the user has touched the token; 6985 if the touch does not come."""
        return when_touched(self.device.touch, work, SW.CONDITIONS_NOT_SATISFIED)
