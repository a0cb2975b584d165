"""A device whose interfaces are several readers: finds the one that a control request is for.

Spec: USB 2.0, 9.2.3 (interfaces), 9.3 (setup data).
"""

from __future__ import annotations

from collections.abc import Sequence

from .device import Device, Stall
from .setup import Recipient, Setup
from .setup import StandardRequest as Request


def addressed(interfaces: Sequence[Device], setup: Setup) -> list[Device]:
    """The parts of a composite device that a control request is for; Stall if there are none.

    SET_CONFIGURATION is for all of them; the first answers every other request to the device.
    """
    if setup.recipient == Recipient.INTERFACE:
        found = [one for one in interfaces if one.has_interface(setup.wIndex & 0xFF)]
        if not found:
            raise Stall
        return found
    if setup.recipient == Recipient.ENDPOINT:
        return [one for one in interfaces if one.has_endpoint(setup.wIndex)] or [interfaces[0]]
    whole = setup.bRequest == Request.SET_CONFIGURATION
    return list(interfaces) if whole else [interfaces[0]]
