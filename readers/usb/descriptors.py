"""The descriptors of a reader as a USB device, and its strings.

Spec: USB 2.0, 9.6 (descriptors); USB CCID 1.1, 4 and 5 (interface, endpoints).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import IntEnum
from struct import Struct, pack

from ..models import Model
from ..models.model import STANDARD, Endpoint, Quirk, TransferType

BULK_OUT, BULK_IN, INTERRUPT_IN = (one.address for one in STANDARD)
"""Endpoint addresses of a reader that describes none of its own."""
BULK_PACKET, INTERRUPT_PACKET = STANDARD[0].packet_size, STANDARD[2].packet_size
PACKET_0 = 8
"""The packet size of endpoint 0, in bytes."""
INTERVAL_MS, INTERRUPT = STANDARD[2].interval, TransferType.INTERRUPT


class DescriptorType(IntEnum):
    """bDescriptorType. Spec: USB 2.0, table 9-5."""

    DEVICE = 1
    CONFIGURATION = 2
    STRING = 3
    INTERFACE = 4
    ENDPOINT = 5


class StringIndex(IntEnum):
    """The index of a string in a descriptor; 0 means none."""

    MANUFACTURER = 1
    PRODUCT = 2
    SERIAL_NUMBER = 3
    INTERFACE = 4


DEVICE = Struct("<BBHBBBBHHHBBBB")
CONFIGURATION = Struct("<BBHBBBBB")
INTERFACE = Struct("<BBBBBBBBB")
ENDPOINT = Struct("<BBBBHB")
ENGLISH = 0x0409
LONGEST_STRING = 126
"""UTF-16 code units in one string descriptor."""


def strings(model: Model) -> dict[StringIndex, str]:
    """The strings that the device has, by index."""
    texts = {
        StringIndex.MANUFACTURER: model.vendor_name,
        StringIndex.PRODUCT: model.product_name,
        StringIndex.SERIAL_NUMBER: model.serial_number,
        StringIndex.INTERFACE: model.interface_name,
    }
    return {index: text for index, text in texts.items() if text}


def string_descriptors(*models: Model) -> Iterator[tuple[int, bytes]]:
    """The string descriptors by index; 0 names the language. Long strings are cut.

    Of several interfaces each has its own, from StringIndex.INTERFACE on.

    Spec: USB 2.0, 9.6.7.
    """
    yield 0, pack("<BBH", 4, DescriptorType.STRING, ENGLISH)
    texts: dict[int, str] = dict(strings(models[0]).items())
    for index, model in enumerate(models[1:], StringIndex.INTERFACE + 1):
        if model.interface_name:
            texts[index] = model.interface_name
    for index, text in texts.items():
        raw = _cut(text.encode("utf-16-le"))
        yield index, pack("<BB", 2 + len(raw), DescriptorType.STRING) + raw


def _cut(raw: bytes) -> bytes:
    """Return as much UTF-16 text as fits, without half a surrogate pair at its end."""
    fits = raw[: 2 * LONGEST_STRING]
    return fits if len(fits) == len(raw) else fits.decode("utf-16-le", "ignore").encode("utf-16-le")


def device_descriptor(model: Model) -> bytes:
    """The 18 bytes of the device descriptor."""
    there = strings(model)
    return DEVICE.pack(
        DEVICE.size,
        DescriptorType.DEVICE,
        0x0200,
        *(0, 0, 0, PACKET_0),  # the class is the interface's
        model.vendor_id,
        model.product_id,
        model.bcd_device,
        *(index if index in there else 0 for index in list(StringIndex)[:3]),
        1,
    )


def configuration_descriptor(model: Model, *others: bytes) -> bytes:
    """The configuration: an interface, its class descriptor and its endpoints.

    `others` are the descriptors of further interfaces, one each.
    """
    body = interface_descriptors(model) + b"".join(others)
    size, count = CONFIGURATION.size + len(body), 1 + len(others)
    return CONFIGURATION.pack(9, DescriptorType.CONFIGURATION, size, count, 1, 0, 0x80, 50) + body


def interface_descriptors(model: Model, text: int = StringIndex.INTERFACE) -> bytes:
    """An interface: its descriptor, its class descriptor, its endpoints; `text` is its string."""
    ccid = bytes(model.descriptor)
    endpoints = b"".join(_endpoint(one) for one in model.endpoints)
    at_end = model.has(Quirk.ENDPOINT_DESCRIPTOR)
    return _interface(model, text) + (endpoints + ccid if at_end else ccid + endpoints)


def _interface(model: Model, text: int) -> bytes:
    return INTERFACE.pack(
        INTERFACE.size,
        DescriptorType.INTERFACE,
        model.interface_number,
        0,  # its only setting
        len(model.endpoints),
        model.interface_class,
        model.interface_subclass,
        model.interface_protocol,
        text if model.interface_name else 0,
    )


def all_descriptors(
    models: Sequence[Model], *others: bytes
) -> dict[tuple[DescriptorType, int], bytes]:
    """The answers to GET_DESCRIPTOR, by type and index; `models` are the interfaces in order."""
    first, *rest = models
    further = [
        interface_descriptors(model, index)
        for index, model in enumerate(rest, StringIndex.INTERFACE + 1)
    ]
    texts = {(DescriptorType.STRING, n): raw for n, raw in string_descriptors(*models)}
    return {
        (DescriptorType.DEVICE, 0): device_descriptor(first),
        (DescriptorType.CONFIGURATION, 0): configuration_descriptor(first, *further, *others),
        **texts,
    }


def _endpoint(one: Endpoint) -> bytes:
    return ENDPOINT.pack(
        ENDPOINT.size, DescriptorType.ENDPOINT, one.address, one.kind, one.packet_size, one.interval
    )
