"""The capabilities that clients and pcscd request, one line of a table each.

What is not in the table is answered ERROR_TAG, so that pcscd can give its own answer (for the
friendly name, it does). The tags whose values are functions live in the handler.

Spec: pcsc-lite, ifdhandler.h and reader.h; PC/SC Workgroup, part 3, table 3-1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ..ifdh.api import Answer, Attribute, Code, Tag
from .known_reader import KnownReader

DEVICE_REMOVED = 0x0FB4
"""TAG_IFD_DEVICE_REMOVED: asked whether it may be set, then set to 1 when a reader is gone."""

_USB_CHANNEL, _BUS = 0x0020, 1


class Slot(Protocol):
    """A slot as the table reads it."""

    reader: KnownReader
    atr: bytes

    def icc_presence(self) -> Code:
        """Return the result of IFDHICCPresence."""


def _number(value: int) -> bytes:
    return value.to_bytes(4, "little")


def _text(value: str) -> bytes:
    """A C string, or nothing at all (which means "no value")."""
    return value.encode() + b"\0" if value else b""


def _present(slot: Slot) -> bool:
    return slot.icc_presence() is Code.ICC_PRESENT


def _all_slots_at_once(slot: Slot) -> bool:
    descriptor = slot.reader.model.descriptor
    return descriptor.slots == descriptor.bMaxCCIDBusySlots


def _channel(address: int) -> int:
    """DDDDCCCC for USB: bus and device address. Spec: PC/SC Workgroup, part 3, 3.1.2."""
    return _USB_CHANNEL << 16 | _BUS << 8 | address


def usb_path(address: int) -> bytes:
    """BUS-PORT:CONFIGURATION.INTERFACE, as Linux names it, with a zero behind."""
    return b"%d-%d:1.0\0" % (_BUS, address)


TABLE: dict[int, Callable[[Slot], bytes]] = {
    Tag.ATR: lambda slot: slot.atr,
    Attribute.ATR_STRING: lambda slot: slot.atr,
    Tag.SLOTS_NUMBER: lambda slot: bytes((slot.reader.model.slots,)),
    Tag.SLOT_THREAD_SAFE: lambda slot: bytes((_all_slots_at_once(slot),)),
    Tag.THREAD_SAFE: lambda _: b"\x01",
    Tag.SIMULTANEOUS_ACCESS: lambda _: b"\xff",
    DEVICE_REMOVED: lambda _: b"\x01",
    Attribute.ICC_PRESENCE: lambda slot: b"\x02" if _present(slot) else b"\x00",
    Attribute.ICC_INTERFACE_STATUS: lambda slot: b"\x01" if _present(slot) else b"\x00",
    Attribute.VENDOR_NAME: lambda slot: _text(slot.reader.model.vendor_name),
    Attribute.VENDOR_IFD_VERSION: lambda slot: _number(slot.reader.model.bcd_device << 16),
    Attribute.VENDOR_IFD_SERIAL_NO: lambda slot: _text(slot.reader.model.serial_number),
    Attribute.MAXINPUT: lambda slot: _number(slot.reader.room),
    Attribute.CHANNEL_ID: lambda slot: _number(_channel(slot.reader.address)),
}


def get(slot: Slot, tag: int) -> Answer:
    """IFDHGetCapabilities; no bytes with SUCCESS mean that there is no value."""
    read = TABLE.get(tag)
    return Answer(Code.ERROR_TAG) if read is None else Answer(Code.SUCCESS, read(slot))
