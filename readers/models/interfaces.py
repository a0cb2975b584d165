"""Readers that are interfaces of one device: their models, and the address of their device.

Spec: USB 2.0, 9.2.3, 9.6.1 (device descriptor).
"""

from __future__ import annotations

from collections.abc import Sequence

from .model import Model


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
    """The values of a device descriptor."""
    ids = model.vendor_id, model.product_id, model.bcd_device
    return *ids, model.vendor_name, model.product_name, model.serial_number


def addresses(models: Sequence[Model]) -> list[int]:
    """The address of each model's device on its bus, from 1."""
    return [address for address, places in enumerate(devices(models), 1) for _ in places]
