"""The devices whose enumeration a capture of a bus holds (Linux usbmon, Windows USBPcap).

A reader must be plugged in while the capture runs: only then its descriptors go over the bus.

Specs: USB 2.0, 9.4.3 (GET_DESCRIPTOR); USB CCID 1.1, 5.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..usb.setup import ClassRequest, Setup, StandardRequest
from .bus_packets import Kind, bus_packets
from .device import DescribedDevice
from .fields import DescriptionError
from .usb_bytes import RawDevice, described, list_answer, strings_of

MOST_WAITING = 4096
"""Control transfers without an answer that are remembered."""
DEVICE, CONFIGURATION, STRING = 1, 2, 3
"""bDescriptorType in wValue of GET_DESCRIPTOR."""


@dataclass(frozen=True, slots=True)
class _Transfer:
    """A control transfer to the device at `place` (bus, address); None for a stall."""

    place: tuple[int, int]
    setup: Setup
    answer: bytes | None


@dataclass(slots=True)
class _Heard:
    """The answers of a device so far."""

    raw: RawDevice = field(default_factory=RawDevice)
    strings: dict[int, bytes] = field(default_factory=dict)


def parse(raw: bytes) -> list[DescribedDevice]:
    """The devices with smart card interfaces; DescriptionError if the capture holds none."""
    heard: dict[tuple[int, int], _Heard] = {}
    for transfer in _transfers(raw):
        _hear(heard.setdefault(transfer.place, _Heard()), transfer)
    whole = [one for one in heard.values() if one.raw.device and one.raw.configuration]
    for one in whole:
        one.raw.strings = strings_of(one.strings)
    found = [device for one in whole if (device := described(one.raw)).interfaces]
    if not found:
        raise DescriptionError(
            "no enumeration of a reader is in this capture: plug it in while the capture runs"
        )
    return found


def _hear(heard: _Heard, transfer: _Transfer) -> None:
    setup, answer = transfer.setup, transfer.answer
    if (setup.bmRequestType, setup.bRequest) == (0x80, StandardRequest.GET_DESCRIPTOR):
        _hear_descriptor(heard, setup.wValue >> 8, setup.wValue & 0xFF, answer or b"")
    elif (setup.bmRequestType, setup.bRequest) == (0xA1, ClassRequest.GET_DATA_RATES):
        heard.raw.rates[setup.wIndex & 0xFF] = list_answer(answer)
    elif (setup.bmRequestType, setup.bRequest) == (0xA1, ClassRequest.GET_CLOCK_FREQUENCIES):
        heard.raw.frequencies[setup.wIndex & 0xFF] = list_answer(answer)


def _hear_descriptor(heard: _Heard, kind: int, index: int, answer: bytes) -> None:
    """Keep a whole descriptor; hosts ask for the first bytes of one to learn its length."""
    if kind == DEVICE and len(answer) == 18:
        heard.raw.device = answer
    elif kind == CONFIGURATION and len(answer) > len(heard.raw.configuration):
        heard.raw.configuration = answer
    elif kind == STRING and len(answer) >= 2 and len(answer) >= answer[0]:
        heard.strings[index] = answer


def _transfers(raw: bytes) -> Iterator[_Transfer]:
    """The control transfers of a capture, in the order of their ends."""
    waiting: dict[tuple[tuple[int, int], int], Setup] = {}
    for packet in bus_packets(raw):
        if packet.kind != Kind.CONTROL:
            continue
        key = (packet.place, packet.number)
        if packet.setup is not None:
            if len(waiting) >= MOST_WAITING:
                waiting.pop(next(iter(waiting)))
            waiting[key] = Setup.parse(packet.setup)
        elif packet.ends and (asked := waiting.pop(key, None)) is not None:
            yield _Transfer(packet.place, asked, packet.data)
