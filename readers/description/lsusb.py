"""The output of `lsusb -v`: the devices that have an interface for smart cards.

usbutils writes names of its own for some fields, and raw bytes where it does not know the class.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from ..ccid.descriptor import WIDTHS, Descriptor
from ..models.model import Endpoint, TransferType
from . import fields
from .device import DescribedDevice, Interface
from .fields import DescriptionError, bcd, number, shown

FIRST = re.compile(r"Bus \d+ Device \d+: ID [0-9a-fA-F]{4}:[0-9a-fA-F]{4}")
"""The first bytes of the output."""
_LINE = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.]*)\s+(\S.*?)\s*$")
_LAYOUT = re.compile(r"(\d+) cols (\d+) lines")
ALIASES = {
    "nMaxSlotIndex": "bMaxSlotIndex",
    "dwMaxiumumClock": "dwMaximumClock",
    "bNumDataRatesSupp.": "bNumDataRatesSupported",
    "dwSyncProtocols": "dwSynchProtocols",
    "dwMaxCCIDMsgLen": "dwMaxCCIDMessageLength",
    "wlcdLayout": "wLcdLayout",
}
"""usbutils' names for fields of the class descriptor."""
_HEXADECIMAL = {
    "dwSynchProtocols",
    "dwMechanical",
    "dwFeatures",
    "bClassGetResponse",
    "bClassEnvelope",
}
"""Fields written in hexadecimal without 0x."""
_ECHO = 0xFF
_NUMBERS = {
    "bInterfaceNumber": 8,
    "bAlternateSetting": 8,
    "bInterfaceClass": 8,
    "bInterfaceSubClass": 8,
    "bInterfaceProtocol": 8,
    "bEndpointAddress": 8,
    "bmAttributes": 8,
    "wMaxPacketSize": 16,
    "bInterval": 8,
}
_STRINGS = {"iManufacturer", "iProduct", "iSerial", "iInterface"}


@dataclass(slots=True)
class _Section:
    """The fields of one descriptor of the listing, and the raw bytes that follow it."""

    kind: str
    line: int
    numbers: dict[str, int] = field(default_factory=dict)
    strings: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""


def parse(text: str) -> list[DescribedDevice]:
    """The devices with smart card interfaces; DescriptionError if there is none."""
    found = [device for part in _devices(text) if (device := _device(part)).interfaces]
    if not found:
        raise DescriptionError("line 1: no device in this lsusb output has a smart card interface")
    return found


def _devices(text: str) -> Iterator[list[_Section]]:
    """The sections of each device."""
    sections: list[_Section] = []
    for at, line in enumerate(text.splitlines(), 1):
        if FIRST.match(line):
            if sections:
                yield sections
            sections = [_Section("Bus", at)]
        elif sections:
            _take(sections, line, at)
    if sections:
        yield sections


def _take(sections: list[_Section], line: str, at: int) -> None:
    told = line.strip()
    if told.endswith(
        ("Descriptor:", "Descriptors:", "Association:", "Qualifier (for other device speed):")
    ):
        sections.append(_Section(told.rstrip(":"), at))
    elif told.startswith("** UNRECOGNIZED:"):
        sections[-1].raw = _hexadecimal(told.partition(":")[2], at)
    elif found := _LINE.match(line):
        _field(sections[-1], found[1], found[2], at)


def _hexadecimal(text: str, at: int) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise DescriptionError(f"line {at}: {shown(text)} is not hexadecimal") from None


def _field(section: _Section, name: str, value: str, at: int) -> None:
    name = ALIASES.get(name, name)
    if name in _STRINGS:
        section.strings[name] = value.partition(" ")[2].strip()
    elif name in ("bcdDevice", "bcdCCID"):
        section.numbers[name] = bcd(value, at)
    elif name in ("idVendor", "idProduct"):
        section.numbers[name] = number(value, 16, at)
    elif name in _NUMBERS and section.kind in ("Interface Descriptor", "Endpoint Descriptor"):
        section.numbers[name] = number(value, _NUMBERS[name], at)
    elif name in WIDTHS and section.kind.startswith("ChipCard"):
        section.numbers[name] = _ccid_field(name, value, at)


def _ccid_field(name: str, value: str, at: int) -> int:
    if name in _HEXADECIMAL:
        return _ECHO if value == "echo" else number(f"0x{value}", WIDTHS[name], at)
    if name == "wLcdLayout" and value == "none":
        return 0
    if found := _LAYOUT.match(value):
        return number(found[2], 8, at) << 8 | number(found[1], 8, at)
    return number(value, WIDTHS[name], at)


def _device(sections: list[_Section]) -> DescribedDevice:
    whole = next((s for s in sections if s.kind == "Device Descriptor"), None)
    if whole is None or not {"idVendor", "idProduct"} <= whole.numbers.keys():
        raise DescriptionError(
            f"line {sections[0].line}: no device descriptor: `lsusb -v` as root shows it"
        )
    return DescribedDevice(
        whole.numbers["idVendor"],
        whole.numbers["idProduct"],
        whole.numbers.get("bcdDevice", 0x0100),
        whole.strings.get("iManufacturer", ""),
        whole.strings.get("iProduct", ""),
        whole.strings.get("iSerial", ""),
        tuple(_interfaces(sections)),
    )


def _interfaces(sections: list[_Section]) -> Iterator[Interface]:
    starts = [at for at, s in enumerate(sections) if s.kind == "Interface Descriptor"]
    for start, end in pairwise([*starts, len(sections)]):
        made = _interface(sections[start:end])
        if made is not None:
            yield made


def _interface(parts: list[_Section]) -> Interface | None:
    """The interface if it is one for smart cards, in its first setting."""
    said = parts[0].numbers
    found = _class_descriptor(parts)
    if found is None or said.get("bAlternateSetting", 0):
        return None
    descriptor, at_end = found
    return Interface(
        descriptor,
        said.get("bInterfaceNumber", 0),
        said.get("bInterfaceClass", 0x0B),
        said.get("bInterfaceSubClass", 0),
        said.get("bInterfaceProtocol", 0),
        parts[0].strings.get("iInterface", ""),
        tuple(_endpoint(part) for part in parts if part.kind == "Endpoint Descriptor"),
        descriptor_at_end=at_end,
    )


def _class_descriptor(parts: list[_Section]) -> tuple[Descriptor, bool] | None:
    """The class descriptor, and whether it follows an endpoint."""
    for part in parts:
        at_end = part.kind == "Endpoint Descriptor"
        if part.kind.startswith("ChipCard"):
            return fields.descriptor(part.numbers, part.line), False
        if len(part.raw) == Descriptor.size and part.raw[1] == Descriptor.bDescriptorType:
            return Descriptor.parse(part.raw), at_end
    return None


def _endpoint(part: _Section) -> Endpoint:
    said = part.numbers
    try:
        return Endpoint(
            said["bEndpointAddress"],
            TransferType(said["bmAttributes"] & 3),
            said["wMaxPacketSize"] & 0x07FF,
            said.get("bInterval", 0),
        )
    except KeyError as error:
        raise DescriptionError(f"line {part.line}: the endpoint lacks {error.args[0]}") from None
    except ValueError as error:
        raise DescriptionError(f"line {part.line}: {error}") from None
