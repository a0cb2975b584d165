"""Readers that are interfaces of one device: which they are, and which of them a request is for.

Spec: USB 2.0, 9.2.3 (interfaces), 9.3 (setup data).
"""

from __future__ import annotations

from collections.abc import Sequence

from ..models import Model
from .device import Device, Stall
from .setup import Recipient, Setup
from .setup import StandardRequest as Request


def devices(models: Sequence[Model]) -> list[list[int]]:
    """The models by their places, a list for each device.

    Successive models are interfaces of one device if they differ in nothing that a device
    descriptor says, and their bInterfaceNumber rises.
    """
    found: list[list[int]] = []
    for place, model in enumerate(models):
        before = models[found[-1][-1]] if found else None
        if before is not None and _beside(before, model):
            found[-1].append(place)
        else:
            found.append([place])
    return found


def _beside(one: Model, other: Model) -> bool:
    return one.interface_number < other.interface_number and _device(one) == _device(other)


def _device(model: Model) -> tuple[object, ...]:
    """What a device descriptor says."""
    ids = model.vendor_id, model.product_id, model.bcd_device
    return *ids, model.vendor_name, model.product_name, model.serial_number


def addresses(models: Sequence[Model]) -> list[int]:
    """The address of each model's device on its bus, from 1."""
    return [address for address, places in enumerate(devices(models), 1) for _ in places]


def addressed(interfaces: Sequence[Device], setup: Setup) -> list[Device]:
    """The parts of a composite device that a control request is for; Stall if there are none.

    A configuration is chosen for all of them; what else concerns the device, the first answers.
    """
    if setup.recipient == Recipient.INTERFACE:
        found = [one for one in interfaces if one.model.interface_number == setup.wIndex & 0xFF]
        if not found:
            raise Stall
        return found
    if setup.recipient == Recipient.ENDPOINT:
        return [one for one in interfaces if one.has_endpoint(setup.wIndex)] or [interfaces[0]]
    whole = setup.bRequest == Request.SET_CONFIGURATION
    return list(interfaces) if whole else [interfaces[0]]
