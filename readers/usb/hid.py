"""A HID interface beside the reader's: a function of the same device, as on security keys.

This module exchanges reports and does not know the function.

Spec: USB HID 1.11, 6.2.1 (HID descriptor), 7.1 and 7.2 (requests); CTAP 2.1, 11.2.8 (the FIDO
interface: usage page F1D0, usage 01, reports of 64 bytes).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from struct import Struct

from vcard.hid import HidFunction

from ..events import ReaderEvent, ReportIn, ReportOut, Tap
from .descriptors import ENDPOINT, INTERFACE, INTERRUPT, DescriptorType
from .pipes import InPipe

HID_INTERFACE = 1
"""bInterfaceNumber."""
HID_OUT, HID_IN = 0x04, 0x85
"""Endpoint addresses."""
REPORT, INTERVAL_MS = 64, 5
HID_CLASS = 3
"""bInterfaceClass."""
_HID_DESCRIPTOR = Struct("<BBHBBBH")
REPORT_DESCRIPTOR = bytes.fromhex(
    "06D0F1 0901 A101"  # usage page FIDO, usage authenticator, collection
    "0920 1500 26FF00 7508 9540 8102"  # input: 64 bytes
    "0921 1500 26FF00 7508 9540 9102"  # output: 64 bytes
    "C0"
)


class HidDescriptorType(IntEnum):
    """bDescriptorType. Spec: USB HID 1.11, 7.1."""

    HID = 0x21
    REPORT = 0x22


class HidRequest(IntEnum):
    """bRequest of a class request. Spec: USB HID 1.11, 7.2."""

    GET_REPORT = 0x01
    GET_IDLE = 0x02
    SET_IDLE = 0x0A


class HidInterface:
    """The interface of a function: descriptors, requests, and its two endpoints.

    `clock` returns the time in seconds; no other clock is read. `tap`, if set, is told of each
    report.
    """

    def __init__(self, function: HidFunction, clock: Callable[[], float]) -> None:
        self.function = function
        self._clock = clock
        self.reports = InPipe(REPORT, REPORT)
        self.tap: Tap | None = None
        self._idle = 0

    def reset(self) -> None:
        """Restart, with the device."""
        self._idle = 0
        self.reports.flush()
        self.function.power_up(self._clock())

    def out(self, data: bytes) -> None:
        """Take a report of the host."""
        self._tell(ReportOut(0, data))
        self.put(self.function.receive(data, self._clock()))

    def tick(self) -> None:
        """Send the reports that are due; to be called at `deadline`."""
        self.put(self.function.tick(self._clock()))

    @property
    def deadline(self) -> float | None:
        """The time of the next `tick`."""
        return self.function.deadline

    def put(self, reports: list[bytes]) -> None:
        """Send reports to the host; a function with a thread of its own calls this as well."""
        for report in reports:
            self._tell(ReportIn(0, report))
            self.reports.put(report)

    def _tell(self, event: ReaderEvent) -> None:
        if self.tap is not None:
            self.tap(event)

    # Control requests

    def descriptor(self, kind: int) -> bytes | None:
        """Answer GET_DESCRIPTOR of the interface; None if there is no such one."""
        if kind == HidDescriptorType.HID:
            return hid_descriptor()
        return REPORT_DESCRIPTOR if kind == HidDescriptorType.REPORT else None

    def read(self, request: int) -> bytes | None:
        """Answer a class request that reads; None if there is no such one."""
        if request == HidRequest.GET_IDLE:
            return bytes((self._idle,))
        return bytes(REPORT) if request == HidRequest.GET_REPORT else None

    def write(self, request: int, value: int) -> bool:
        """Take a class request without data; False if there is no such one."""
        if request != HidRequest.SET_IDLE:
            return False
        self._idle = value >> 8
        return True


def hid_descriptor() -> bytes:
    """The HID descriptor: version 1.11, no country, one report descriptor."""
    size = _HID_DESCRIPTOR.size
    kinds = HidDescriptorType.HID, HidDescriptorType.REPORT
    return _HID_DESCRIPTOR.pack(size, kinds[0], 0x0111, 0, 1, kinds[1], len(REPORT_DESCRIPTOR))


def interface_descriptors() -> bytes:
    """The interface in the configuration: its descriptor, the HID descriptor, two endpoints."""
    interface = INTERFACE.pack(
        INTERFACE.size, DescriptorType.INTERFACE, HID_INTERFACE, 0, 2, HID_CLASS, 0, 0, 0
    )
    endpoints = b"".join(
        ENDPOINT.pack(
            ENDPOINT.size, DescriptorType.ENDPOINT, address, INTERRUPT, REPORT, INTERVAL_MS
        )
        for address in (HID_OUT, HID_IN)
    )
    return interface + hid_descriptor() + endpoints
