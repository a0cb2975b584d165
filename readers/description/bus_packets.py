"""The packets of a captured USB bus: Linux usbmon and Windows USBPcap.

Specs: Linux, Documentation/usb/usbmon; USBPcap, capture format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from struct import Struct

from .capture_blocks import packets
from .fields import DescriptionError

USB_LINUX, USB_LINUX_MMAPPED, USBPCAP = 189, 220, 249
"""Link types of captures of a bus."""
_USBMON = Struct("<QcBBBHBB12xiII8s")
_USBMON_SIZES = {USB_LINUX: 48, USB_LINUX_MMAPPED: 64}
_USBPCAP = Struct("<HQIHBHHBBIB")
_USBPCAP_HEADER = _USBPCAP.size - 1
"""The header of a transfer without a setup stage, which only control transfers have."""
_SETUP_STAGE, _COMPLETE_STAGE = 0, 3
_TO_HOST = 0x80
"""The bit of an endpoint address that says: to the host."""


class Kind(IntEnum):
    """Transfer types, as both formats number them."""

    INTERRUPT = 1
    CONTROL = 2
    BULK = 3


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet of a transfer.

    `place` is bus and address; `number` is the same in both packets of a transfer. `setup` has the
    eight bytes that begin a control transfer. `data` is None where the transfer failed.
    """

    place: tuple[int, int]
    number: int
    kind: int
    to_host: bool
    ends: bool
    setup: bytes | None
    data: bytes | None


def bus_packets(raw: bytes) -> Iterator[Packet]:
    """The packets of a capture file; DescriptionError if it is none of a USB bus."""
    for link, packet in packets(raw):
        reader = _READERS.get(link)
        if reader is None:
            raise DescriptionError(f"link type {link}: no capture of a USB bus")
        if (found := reader(packet, link)) is not None:
            yield found


def _usbmon(packet: bytes, link: int) -> Packet | None:
    head = _USBMON_SIZES[link]
    if len(packet) < head:
        return None
    number, event, kind, endpoint, address, bus, no_setup, _, status, _, _, setup = (
        _USBMON.unpack_from(packet)
    )
    ends = event != b"S"
    return Packet(
        (bus, address),
        number,
        kind,
        bool(endpoint & _TO_HOST),
        ends,
        None if ends or no_setup else setup,
        packet[head:] if not ends or status == 0 else None,
    )


def _usbpcap(packet: bytes, _link: int) -> Packet | None:
    if len(packet) < _USBPCAP_HEADER:
        return None
    head, number, status, _, info, bus, address, endpoint, kind, _, stage = _USBPCAP.unpack_from(
        packet.ljust(_USBPCAP.size, b"\0")
    )
    data = packet[head:]
    control = kind == Kind.CONTROL
    setup = data[:8] if control and stage == _SETUP_STAGE and len(data) >= 8 else None
    ends = stage == _COMPLETE_STAGE if control else bool(info & 1)
    return Packet(
        (bus, address),
        number,
        kind,
        bool(endpoint & _TO_HOST),
        ends,
        setup,
        data if status == 0 else None,
    )


_READERS = {USB_LINUX: _usbmon, USB_LINUX_MMAPPED: _usbmon, USBPCAP: _usbpcap}
