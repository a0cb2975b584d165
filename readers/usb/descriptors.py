"""The reader as a USB device: its descriptors, its strings, its class requests.

Spec: USB 2.0, 9.6 (descriptors); USB CCID 1.1, 4 and 5 (interface, endpoints, class requests).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct, pack

from ..models import Model
from ..models.quirks import Quirk

BULK_OUT, BULK_IN, INTERRUPT_IN = 0x01, 0x82, 0x83
"""Endpoint addresses; an IN endpoint has bit 7 set."""


class DescriptorType(IntEnum):
    """bDescriptorType. Spec: USB 2.0, table 9-5."""

    DEVICE = 1
    CONFIGURATION = 2
    STRING = 3
    INTERFACE = 4
    ENDPOINT = 5


class StringIndex(IntEnum):
    """Which string a descriptor names; 0 means none."""

    MANUFACTURER = 1
    PRODUCT = 2
    SERIAL_NUMBER = 3
    INTERFACE = 4


class ClassRequest(IntEnum):
    """bRequest. Spec: USB CCID 1.1, 5.3."""

    ABORT = 1
    GET_CLOCK_FREQUENCIES = 2
    GET_DATA_RATES = 3


DEVICE = Struct("<BBHBBBBHHHBBBB")
CONFIGURATION = Struct("<BBHBBBBB")
INTERFACE = Struct("<BBBBBBBBB")
ENDPOINT = Struct("<BBBBHB")
BULK, INTERRUPT = 2, 3
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


def string_descriptors(model: Model) -> Iterator[tuple[int, bytes]]:
    """The string descriptors by index; 0 names the language. Long strings are cut.

    Spec: USB 2.0, 9.6.7.
    """
    yield 0, pack("<BBH", 4, DescriptorType.STRING, ENGLISH)
    for index, text in strings(model).items():
        raw = text.encode("utf-16-le")[: 2 * LONGEST_STRING]
        yield index, pack("<BB", 2 + len(raw), DescriptorType.STRING) + raw


def device_descriptor(model: Model) -> bytes:
    """The 18 bytes of the device descriptor."""
    there = strings(model)
    return DEVICE.pack(
        DEVICE.size,
        DescriptorType.DEVICE,
        0x0200,
        *(0, 0, 0, 8),  # the class is the interface's; endpoint 0 has packets of 8 bytes
        model.vendor_id,
        model.product_id,
        model.bcd_device,
        *(index if index in there else 0 for index in list(StringIndex)[:3]),
        1,
    )


def configuration_descriptor(model: Model) -> bytes:
    """The configuration: one interface, its class descriptor and three endpoints."""
    ccid = bytes(model.descriptor)
    endpoints = b"".join(
        ENDPOINT.pack(ENDPOINT.size, DescriptorType.ENDPOINT, *fields)
        for fields in (
            (BULK_OUT, BULK, 64, 0),
            (BULK_IN, BULK, 64, 0),
            (INTERRUPT_IN, INTERRUPT, 8, 24),
        )
    )
    at_end = model.has(Quirk.ENDPOINT_DESCRIPTOR)
    body = _interface(model) + (endpoints + ccid if at_end else ccid + endpoints)
    size = CONFIGURATION.size + len(body)
    return CONFIGURATION.pack(9, DescriptorType.CONFIGURATION, size, 1, 1, 0, 0x80, 50) + body


def _interface(model: Model) -> bytes:
    name = StringIndex.INTERFACE if model.interface_name else 0
    return INTERFACE.pack(9, DescriptorType.INTERFACE, 0, 0, 3, model.interface_class, 0, 0, name)


@dataclass(frozen=True, slots=True)
class Setup:
    """The eight bytes that begin a control transfer. Spec: USB 2.0, 9.3."""

    bmRequestType: int
    bRequest: int
    wValue: int = 0
    wIndex: int = 0
    wLength: int = 0

    @classmethod
    def parse(cls, raw: bytes) -> Setup:
        """Read a setup packet; ValueError if it has not 8 bytes."""
        if len(raw) != 8:
            raise ValueError(f"offset 0: a setup packet has 8 bytes, not {len(raw)}")
        return cls(raw[0], raw[1], *Struct("<HHH").unpack_from(raw, 2))

    def __bytes__(self) -> bytes:
        return pack(
            "<BBHHH", self.bmRequestType, self.bRequest, self.wValue, self.wIndex, self.wLength
        )


def class_answer(model: Model, setup: Setup) -> bytes | None:
    """What a class request reads (frequencies in kHz, data rates in bit/s); None is a stall."""
    if setup.bmRequestType != 0xA1 or model.has(Quirk.NO_DATA_RATES):
        return None
    values = {
        ClassRequest.GET_CLOCK_FREQUENCIES: model.clock_frequencies
        or (model.descriptor.dwDefaultClock,),
        ClassRequest.GET_DATA_RATES: model.data_rates or (model.descriptor.dwDataRate,),
    }.get(setup.bRequest)  # type: ignore[call-overload] # any number may be asked for
    if values is None:
        return None
    return b"".join(pack("<I", value) for value in values)[: setup.wLength]
