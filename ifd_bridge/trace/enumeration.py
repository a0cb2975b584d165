"""The requests of a host that has found a device, or another interface of it.

Specs: USB 2.0, 9.4.3 (GET_DESCRIPTOR); USB HID 1.11, 7.1.1 (report descriptor).
"""

from __future__ import annotations

from collections.abc import Iterator

from readers.models.model import Model
from readers.usb.descriptors import (
    CONFIGURATION,
    ENGLISH,
    DescriptorType,
    configuration_descriptor,
    device_descriptor,
    string_descriptors,
)
from readers.usb.hid import (
    HID_INTERFACE,
    REPORT_DESCRIPTOR,
    HidDescriptorType,
    interface_descriptors,
)
from readers.usb.setup import Recipient

from .usbmon import Device

Transfer = Iterator[bytes]
"""The packets of a transfer."""


def reader(device: Device, model: Model, at: float) -> Iterator[Transfer]:
    """A host gets to know a reader: the device, its configuration, its strings."""
    yield device.get_descriptor(DescriptorType.DEVICE, 0, 0, device_descriptor(model), at)
    yield from _configuration(device, configuration_descriptor(model), at)
    for index, raw in string_descriptors(model):
        language = ENGLISH if index else 0
        yield device.get_descriptor(DescriptorType.STRING, index, language, raw, at)


def hid(device: Device, model: Model, at: float) -> Iterator[Transfer]:
    """A host gets to know the HID interface beside the reader's own."""
    yield from _configuration(device, configuration_descriptor(model, interface_descriptors()), at)
    report = HidDescriptorType.REPORT
    yield device.get_descriptor(
        report, 0, HID_INTERFACE, REPORT_DESCRIPTOR, at, Recipient.INTERFACE
    )


def _configuration(device: Device, raw: bytes, at: float) -> Iterator[Transfer]:
    """First its own descriptor, which tells how long the whole is."""
    for part in (raw[: CONFIGURATION.size], raw):
        yield device.get_descriptor(DescriptorType.CONFIGURATION, 0, 0, part, at)
