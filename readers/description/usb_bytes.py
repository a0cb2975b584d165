"""A device from the bytes of its descriptors, as they go over the bus.

Spec: USB 2.0, 9.5 and 9.6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from struct import Struct

from ..ccid.descriptor import Descriptor
from ..models.model import Endpoint, TransferType
from .device import DescribedDevice, Interface
from .fields import MOST_VALUES, DescriptionError

DEVICE, INTERFACE, ENDPOINT = 1, 4, 5
"""bDescriptorType. Spec: USB 2.0, table 9-5."""
_DEVICE = Struct("<8xHHHBBBx")
_ENDPOINT = Struct("<2xBBHB")
VENDOR_CLASS = 0xFF


@dataclass(slots=True)
class RawDevice:
    """A device's answers: descriptors, strings by index, class lists by interface.

    `rates` and `frequencies` hold None for a request that stalled.
    """

    device: bytes = b""
    configuration: bytes = b""
    strings: dict[int, str] = field(default_factory=dict)
    rates: dict[int, tuple[int, ...] | None] = field(default_factory=dict)
    frequencies: dict[int, tuple[int, ...] | None] = field(default_factory=dict)


def described(raw: RawDevice) -> DescribedDevice:
    """The device with its smart card interfaces; DescriptionError if the bytes are no device."""
    if len(raw.device) != _DEVICE.size or raw.device[1] != DEVICE:
        raise DescriptionError(f"offset 0: a device descriptor has 18 bytes, not {len(raw.device)}")
    vendor, product, release, *indexes = _DEVICE.unpack(raw.device)
    maker, name, serial = (raw.strings.get(index, "") for index in indexes)
    return DescribedDevice(
        vendor, product, release, maker, name, serial, tuple(interfaces(raw.configuration, raw))
    )


def descriptors(raw: bytes) -> Iterator[tuple[int, bytes]]:
    """The descriptors of a configuration with their offsets; DescriptionError where one is cut."""
    at = 0
    while at < len(raw):
        size = raw[at]
        if size < 2 or at + size > len(raw):
            raise DescriptionError(f"offset {at}: a descriptor of {size} bytes does not fit")
        yield at, raw[at : at + size]
        at += size


def interfaces(configuration: bytes, told: RawDevice | None = None) -> Iterator[Interface]:
    """The smart card interfaces of a configuration descriptor, in their first settings."""
    told = told or RawDevice()
    group: list[tuple[int, bytes]] = []
    for at, one in descriptors(configuration):
        if one[1] == INTERFACE:
            yield from _interface(group, told)
            group = [(at, one)]
        elif group:
            group.append((at, one))
    yield from _interface(group, told)


def _interface(group: list[tuple[int, bytes]], told: RawDevice) -> Iterator[Interface]:
    """One interface, if it is for smart cards."""
    if not group:
        return
    at, head = group[0]
    if len(head) != 9:
        raise DescriptionError(f"offset {at}: an interface descriptor has 9 bytes, not {len(head)}")
    number, setting, _, kind, subclass, protocol, name = head[2:9]
    found = [(n, one) for n, (_, one) in enumerate(group) if _is_class_descriptor(one)]
    if setting or not found:
        return
    position, raw = found[0]
    endpoints = [(offset, one) for offset, one in group if one[1] == ENDPOINT]
    yield Interface(
        Descriptor.parse(raw),
        number,
        kind,
        subclass,
        protocol,
        told.strings.get(name, ""),
        tuple(_endpoint(offset, one) for offset, one in endpoints),
        told.rates.get(number, ()),
        told.frequencies.get(number, ()),
        descriptor_at_end=any(one[1] == ENDPOINT for _, one in group[:position]),
    )


def _is_class_descriptor(raw: bytes) -> bool:
    return len(raw) == Descriptor.size and raw[1] == Descriptor.bDescriptorType


def _endpoint(at: int, raw: bytes) -> Endpoint:
    if len(raw) < 7:
        raise DescriptionError(f"offset {at}: an endpoint descriptor has 7 bytes, not {len(raw)}")
    address, attributes, size, interval = _ENDPOINT.unpack_from(raw)
    try:
        return Endpoint(address, TransferType(attributes & 3), size & 0x07FF, interval)
    except ValueError as error:
        raise DescriptionError(f"offset {at}: {error}") from None


def list_answer(raw: bytes | None) -> tuple[int, ...] | None:
    """Return the answer to GET_DATA_RATES or GET_CLOCK_FREQUENCIES; None for a stall."""
    if raw is None:
        return None
    count = min(len(raw) // 4, MOST_VALUES)
    return Struct(f"<{count}I").unpack_from(raw)


def strings_of(answers: Mapping[int, bytes]) -> dict[int, str]:
    """String descriptors as texts; index 0 (the languages) is left out."""
    return {
        index: raw[2 : raw[0]].decode("utf-16-le", "replace")
        for index, raw in answers.items()
        if index and len(raw) >= 2
    }
