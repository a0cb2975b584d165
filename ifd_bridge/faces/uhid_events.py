"""The bytes of /dev/uhid, without I/O: a program that is a HID device to the kernel.

Each read gives one event, each write is one. Numbers are little-endian on the machines that this
runs on.

Spec: Linux, Documentation/hid/uhid.rst and include/uapi/linux/uhid.h.
"""

from __future__ import annotations

from enum import IntEnum
from struct import Struct

from readers.models import Model
from readers.usb.hid import REPORT, REPORT_DESCRIPTOR

LONGEST = 4096
USB_BUS = 0x03
"""BUS_USB of linux/input.h."""
_KIND = Struct("<I")
_CREATE = Struct(f"<I128s64s64sHHIIII{LONGEST}s")
_OUTPUT = Struct(f"<I{LONGEST}sHB")
_INPUT = Struct(f"<IH{LONGEST}s")
_ANSWER = Struct("<IIH")
_REQUEST = Struct("<II")
EVENT = _CREATE.size
"""Bytes of the longest event."""
EIO = 5


class Event(IntEnum):
    """The type of an event."""

    DESTROY = 1
    START = 2
    STOP = 3
    OPEN = 4
    CLOSE = 5
    OUTPUT = 6
    GET_REPORT = 9
    GET_REPORT_REPLY = 10
    CREATE = 11
    INPUT = 12
    SET_REPORT = 13
    SET_REPORT_REPLY = 14


def created(model: Model, number: int) -> bytes:
    """Make a device with the report descriptor of a security key."""
    name = f"{model.vendor_name} {model.product_name}".encode()[:127]
    place = f"vcard/{number}".encode()
    ids = USB_BUS, model.vendor_id, model.product_id, model.bcd_device
    size = len(REPORT_DESCRIPTOR)
    return _CREATE.pack(Event.CREATE, name, place, b"", size, *ids, 0, REPORT_DESCRIPTOR)


def destroyed() -> bytes:
    """Take the device away."""
    return _KIND.pack(Event.DESTROY)


def stops(event: bytes) -> bool:
    """Whether the kernel has taken the device away."""
    return event[:4] == _KIND.pack(Event.STOP)


def report_in(report: bytes) -> bytes:
    """A report to the host."""
    return _INPUT.pack(Event.INPUT, len(report), report)


def report_out(event: bytes) -> bytes | None:
    """The report of the host in an event; None for any other event.

    Programs write the number of the report before it, 0 where reports have none.
    """
    if len(event) < _OUTPUT.size or _KIND.unpack_from(event)[0] != Event.OUTPUT:
        return None
    _, data, size, _ = _OUTPUT.unpack_from(event)
    report: bytes = data[:size]
    return report[1:] if size == REPORT + 1 and report[0] == 0 else report


def refusal(event: bytes) -> bytes | None:
    """Say no to a report by a control request, which the kernel waits for; else None."""
    kind = _KIND.unpack_from(event)[0] if len(event) >= _REQUEST.size else 0
    answers: dict[int, Event] = {
        Event.GET_REPORT: Event.GET_REPORT_REPLY,
        Event.SET_REPORT: Event.SET_REPORT_REPLY,
    }
    if kind not in answers:
        return None
    return _ANSWER.pack(answers[kind], _REQUEST.unpack_from(event)[1], EIO)
