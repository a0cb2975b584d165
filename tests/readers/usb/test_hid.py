"""A HID interface beside the reader's own."""

import pytest

from readers import CcidReader, models
from readers.events import ReportIn, ReportOut
from readers.usb.descriptors import configuration_descriptor
from readers.usb.device import Device, Stall
from readers.usb.hid import (
    HID_IN,
    HID_OUT,
    REPORT_DESCRIPTOR,
    HidInterface,
    hid_descriptor,
    interface_descriptors,
)
from readers.usb.setup import Setup

HELLO = b"hello".ljust(64, b"\0")


class Echo:
    """A function that gives each report back, and one more a second later."""

    def __init__(self):
        self.starts, self.deadline = [], None

    def power_up(self, now):
        self.starts.append(now)

    def receive(self, report, now):
        self.deadline = now + 1.0
        return [report]

    def tick(self, now):
        late, self.deadline = now >= self.deadline, None
        return [b"late".ljust(64, b"\0")] if late else []


class Bus:
    def __init__(self):
        self.now = 0.0
        self.echo = Echo()
        self.hid = HidInterface(self.echo, lambda: self.now)
        self.device = Device(CcidReader(models.PLAIN), hid=self.hid)

    def ask(self, *fields):
        return self.device.control(Setup(*fields))

    def stalls(self, *fields):
        with pytest.raises(Stall):
            self.ask(*fields)
        return True

    def fetched(self):
        return [done.data for done in self.hid.reports.done()]


@pytest.fixture
def bus():
    bus = Bus()
    assert bus.ask(0, 9, 1) == b""
    return bus


def test_the_readers_tap_is_told_of_each_report(bus):
    told = []
    bus.device._reader.tap = told.append
    bus.device.submit(HID_IN, "in", 64)
    bus.device.out(HID_OUT, HELLO)
    assert told == [ReportOut(0, HELLO), ReportIn(0, HELLO)]


def test_the_configuration_has_two_interfaces(bus):
    plain = configuration_descriptor(models.PLAIN)
    both = bus.ask(0x80, 6, 0x200, 0, 255)
    assert both[9:] == plain[9:] + interface_descriptors()
    assert int.from_bytes(both[2:4], "little") == len(both)
    assert (plain[4], both[4]) == (1, 2)


def test_the_report_descriptor_is_that_of_fido(bus):
    assert bus.ask(0x81, 6, 0x2200, 1, 255) == REPORT_DESCRIPTOR
    assert REPORT_DESCRIPTOR.hex().startswith("06d0f10901a101")
    assert len(REPORT_DESCRIPTOR) == 34
    assert bus.ask(0x81, 6, 0x2100, 1, 255) == hid_descriptor()
    assert hid_descriptor()[7:] == (34).to_bytes(2, "little")
    assert bus.stalls(0x81, 6, 0x2300, 1, 255)
    assert bus.stalls(0x81, 6, 0x2200, 0, 255)
    assert bus.stalls(0x81, 6, 0x2200, 2, 255)


def test_requests_of_the_class_are_answered(bus):
    assert bus.ask(0xA1, 2, 0, 1, 1) == b"\0"
    assert bus.ask(0x21, 0x0A, 0x0500, 1) == b""
    assert bus.ask(0xA1, 2, 0, 1, 1) == b"\5"
    assert bus.ask(0xA1, 1, 0x100, 1, 64) == bytes(64)
    assert bus.stalls(0xA1, 3, 0, 1, 1)
    assert bus.stalls(0x21, 9, 0x200, 1, 64)
    assert bus.ask(0xA1, 2, 0, 0, 4)  # the reader's own: its clock frequencies


def test_reports_go_both_ways(bus):
    bus.device.submit(HID_IN, "first", 64)
    bus.device.out(HID_OUT, HELLO)
    assert bus.fetched() == [HELLO]
    bus.device.submit(HID_IN, "second", 64)
    bus.now = bus.hid.deadline
    bus.hid.tick()
    assert bus.fetched() == [b"late".ljust(64, b"\0")]
    assert bus.hid.deadline is None


def test_the_endpoints_halt_like_others(bus):
    assert bus.ask(0x02, 3, 0, HID_OUT) == b""
    with pytest.raises(Stall):
        bus.device.out(HID_OUT, HELLO)
    assert bus.ask(0x82, 0, 0, HID_OUT, 2) == b"\1\0"
    assert bus.ask(0x02, 1, 0, HID_OUT) == b""
    bus.device.out(HID_OUT, HELLO)
    assert bus.ask(0x81, 0, 0, 1, 2) == b"\0\0"


def test_each_configuration_begins_anew(bus):
    starts = len(bus.echo.starts)
    bus.device.out(HID_OUT, HELLO)
    bus.now = 7.0
    bus.ask(0, 9, 1)
    bus.device.submit(HID_IN, "first", 64)
    assert bus.fetched() == []
    assert bus.echo.starts[starts:] == [7.0]


def test_a_reader_without_it_has_no_such_endpoints():
    device = Device(CcidReader(models.PLAIN))
    device.control(Setup(0, 9, 1))
    with pytest.raises(Stall):
        device.out(HID_OUT, HELLO)
    with pytest.raises(Stall):
        device.submit(HID_IN, "first", 64)
    with pytest.raises(Stall):
        device.control(Setup(0xA1, 2, 0, 1, 1))
