"""The text format of the CCID driver's reader list, one block of lines for each interface.

A block begins with `idVendor:`. Lines that only comment on a value are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ..ccid.descriptor import WIDTHS
from ..models.model import BULK_IN, BULK_OUT, INTERRUPT_IN, Endpoint
from . import fields
from .device import DescribedDevice, Interface, merged
from .fields import MOST_VALUES, DescriptionError, bcd, number

_SUPPORT = re.compile(r"\s*Support (-?\d+) (kHz|bps)\s*$")
_MHZ = re.compile(r"(\d{1,7})\.(\d{3}) MHz")
ENDPOINTS: dict[str, tuple[Endpoint, ...]] = {
    "bulk-IN, bulk-OUT and Interrupt-IN": (BULK_OUT, BULK_IN, INTERRUPT_IN),
    "bulk-IN and bulk-OUT": (BULK_OUT, BULK_IN),
    "Interrupt-IN": (INTERRUPT_IN,),
    "Control only": (),
}
"""The line after bNumEndpoints; it tells no addresses and packet sizes."""
BY_NUMBER = {
    0: (),
    1: (INTERRUPT_IN,),
    2: (BULK_OUT, BULK_IN),
    3: (BULK_OUT, BULK_IN, INTERRUPT_IN),
}
_STRINGS = {"iManufacturer", "iProduct", "iSerialNumber", "iSerial", "iInterface"}
_USB = {
    "idVendor": 16,
    "idProduct": 16,
    "bInterfaceNumber": 8,
    "bInterfaceClass": 8,
    "bInterfaceSubClass": 8,
    "bInterfaceProtocol": 8,
    "bNumEndpoints": 8,
}


@dataclass(slots=True)
class _Block:
    """The contents of one block so far."""

    line: int
    numbers: dict[str, int] = field(default_factory=dict)
    strings: dict[str, str] = field(default_factory=dict)
    rates: list[int] = field(default_factory=list)
    frequencies: list[int] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    endpoints: tuple[Endpoint, ...] | None = None

    def device(self) -> DescribedDevice:
        """The device with this one interface; DescriptionError names what is missing."""
        if missing := [name for name in ("idVendor", "idProduct") if name not in self.numbers]:
            raise DescriptionError(f"line {self.line}: the block has no {missing[0]}")
        said = self.numbers
        interface = Interface(
            fields.descriptor(said, self.line),
            said.get("bInterfaceNumber", 0),
            said.get("bInterfaceClass", 0x0B),
            said.get("bInterfaceSubClass", 0),
            said.get("bInterfaceProtocol", 0),
            self.strings.get("iInterface", ""),
            self._endpoints(),
            None if "rates" in self.refused else tuple(self.rates),
            None if "frequencies" in self.refused else tuple(self.frequencies),
        )
        return DescribedDevice(
            said["idVendor"],
            said["idProduct"],
            said.get("bcdDevice", 0x0100),
            self.strings.get("iManufacturer", ""),
            self.strings.get("iProduct", ""),
            self.strings.get("iSerialNumber", self.strings.get("iSerial", "")),
            (interface,),
        )

    def _endpoints(self) -> tuple[Endpoint, ...]:
        if self.endpoints is not None:
            return self.endpoints
        count = self.numbers.get("bNumEndpoints", 3)
        if count not in BY_NUMBER:
            raise DescriptionError(f"line {self.line}: bNumEndpoints is 0..3, not {count}")
        return BY_NUMBER[count]


def parse(text: str) -> list[DescribedDevice]:
    """The devices of a text; DescriptionError if it has none, or names the line that is wrong."""
    devices = merged(block.device() for block in _blocks(text))
    if not devices:
        raise DescriptionError("line 1: no idVendor: this is no description of a reader")
    return devices


def _blocks(text: str) -> Iterator[_Block]:
    block: _Block | None = None
    for at, line in enumerate(text.splitlines(), 1):
        key, colon, value = line.strip().partition(":")
        if key == "idVendor" and colon:
            if block is not None:
                yield block
            block = _Block(at)
        if block is not None:
            _take(block, line, (key if colon else "", value.strip()), at)
    if block is not None:
        yield block


def _take(block: _Block, line: str, pair: tuple[str, str], at: int) -> None:
    """Take one line into the block."""
    key, value = pair
    if found := _SUPPORT.match(line):
        _add(block, found[1], found[2], at)
    elif key in _STRINGS:
        block.strings[key] = value
    elif key in _USB:
        block.numbers[key] = number(value, _USB[key], at)
    elif key in WIDTHS or key == "bcdDevice":
        block.numbers[key] = _READ.get(key, _plain)(key, value, at)
    elif "does not support GET CLOCK FREQUENCIES" in line:
        block.refused.add("frequencies")
    elif "does not support GET_DATA_RATES" in line:
        block.refused.add("rates")
    elif not key and line.strip() in ENDPOINTS:
        block.endpoints = ENDPOINTS[line.strip()]


def _add(block: _Block, text: str, unit: str, at: int) -> None:
    values = block.rates if unit == "bps" else block.frequencies
    if len(values) >= MOST_VALUES:
        raise DescriptionError(f"line {at}: more than {MOST_VALUES} values")
    values.append(number(text, 32, at))


def _plain(key: str, value: str, at: int) -> int:
    return number(value, WIDTHS[key], at)


def _release(_key: str, value: str, at: int) -> int:
    return bcd(value, at)


def _clock(key: str, value: str, at: int) -> int:
    """`4.000 MHz` in kHz."""
    found = _MHZ.match(value)
    return number("".join(found.groups()), 32, at) if found else _plain(key, value, at)


def _halves(key: str, value: str, at: int) -> int:
    """`0x0000 0x0003`: the high half first."""
    halves = [number(word, 16, at) for word in value.split()[:2]]
    return halves[0] << 16 | halves[1] if len(halves) == 2 else _plain(key, value, at)


_READ: dict[str, Callable[[str, str, int], int]] = {
    "bcdDevice": _release,
    "bcdCCID": _release,
    "dwDefaultClock": _clock,
    "dwMaximumClock": _clock,
    "dwProtocols": _halves,
}
"""Fields that are not written as one number."""
