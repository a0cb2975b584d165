"""A reader as a USB device for one host at a time."""

import threading
import time
from dataclasses import replace

import pytest

from applets.hello import Hello
from ifd_bridge.faces.usb_port import MOST_MESSAGES, UsbPort
from readers import CcidReader, models
from readers.usb.descriptors import BULK_IN, BULK_OUT, INTERRUPT_IN
from readers.usb.device import Stall
from readers.usb.hid import HID_IN, HID_OUT
from readers.usb.setup import Setup
from vcard import Card

STATUS = bytes.fromhex("65000000000000000000")
CONFIGURE = Setup(0, 9, 1)


class Someone:
    """A host session that fetches interrupts while `wants_interrupt`."""

    name = "someone"

    def __init__(self, port):
        self.port = port
        self.wants_interrupt = True
        self.interrupts, self.gone = [], False

    def deliver(self):
        pipe = self.port.device.interrupt_in
        while pipe.waiting:
            pipe.submit(0, 8)
            self.interrupts += [done.data for done in pipe.done()]

    def hang_up(self):
        self.gone = True


@pytest.fixture
def port():
    made = UsbPort(CcidReader(models.PLAIN))
    yield made
    made.close()


def test_one_host_has_the_device_and_the_next_one_when_it_has_gone(port):
    one, other = Someone(port), Someone(port)
    assert port.state == "waiting"
    assert port.attach(one)
    assert port.state == "attached"
    assert not port.attach(other)
    port.detach(other)
    assert port.host is one
    port.device.control(CONFIGURE)
    assert port.state == "configured"
    port.detach(one)
    assert port.state == "waiting"
    assert port.attach(other)


def test_what_is_unplugged_cannot_be_had(port):
    one = Someone(port)
    port.attach(one)
    port.unplug()
    assert one.gone
    assert (port.state, port.host) == ("unplugged", None)
    assert not port.attach(one)
    with pytest.raises(RuntimeError, match="not plugged in"):
        port.unplug()
    port.plug()
    with pytest.raises(RuntimeError, match="already"):
        port.plug()
    assert port.attach(one)


def test_cards_that_are_in_are_told_when_the_host_configures_the_device(port):
    port.reader.insert(Card(Hello()))
    one = Someone(port)
    port.attach(one)
    assert one.interrupts == []
    for _ in range(2):
        with port.guard:
            port.device.control(CONFIGURE)
        assert one.interrupts.pop() == b"\x50\x03"


def test_movements_wait_until_the_host_wants_them(port):
    one = Someone(port)
    one.wants_interrupt = False
    port.attach(one)
    port.device.control(CONFIGURE)
    port.reader.insert(Card(Hello()))
    assert one.interrupts == []
    one.wants_interrupt = True
    with port.guard:
        pass
    assert one.interrupts == [b"\x50\x03"]


def test_a_halted_interrupt_endpoint_tells_nothing(port):
    one = Someone(port)
    port.attach(one)
    port.device.control(CONFIGURE)
    port.device.control(Setup(2, 3, 0, INTERRUPT_IN))
    port.reader.insert(Card(Hello()))
    assert one.interrupts == []


def test_swaps_are_no_slower_for_a_host_that_has_stopped(port):
    one = Someone(port)
    port.attach(one)
    port.device.control(CONFIGURE)
    port.device.out(BULK_OUT, STATUS)  # it has looked once, and never will again
    card, began = Card(Hello()), time.monotonic()
    for _ in range(200):
        port.reader.insert(card)
        port.reader.eject()
    assert time.monotonic() - began < 5  # 0.09 s where nothing else runs
    assert len(one.interrupts) <= 2


def test_messages_that_nobody_reads_are_bounded(port):
    port.attach(Someone(port))
    port.device.control(CONFIGURE)
    with port.guard, pytest.raises(Stall):
        for _ in range(MOST_MESSAGES + 2):
            port.device.out(BULK_OUT, STATUS)


def test_a_reset_forgets_messages_that_have_not_been_handled(port):
    port.attach(Someone(port))
    port.device.control(CONFIGURE)
    with port.guard:
        for _ in range(10):
            port.device.out(BULK_OUT, STATUS)
        port.device.control(CONFIGURE)
        assert port._messages.empty()


def test_time_extensions_are_not_heaped_up(port):
    port.attach(Someone(port))
    port.device.control(CONFIGURE)
    extension = bytes.fromhex("80000000000000800100")
    for _ in range(100):
        port._bulk(extension)
    assert port.device.bulk_in.waiting == len(extension)


def test_changes_are_told_and_the_last_slot_opens_the_reader():
    told = []
    port = UsbPort(CcidReader(models.PLAIN), lambda: told.append(port.state))
    port.attach(Someone(port))
    port.device.control(CONFIGURE)
    assert told == ["attached", "configured"]
    assert not port.opened.is_set()
    port.device.submit(BULK_IN, 1, 64)
    port.device.out(BULK_OUT, STATUS)
    assert port.opened.is_set()
    port.unplug()
    port.plug()
    assert told[-2:] == ["unplugged", "waiting"]
    port.close()


def test_before_the_configuration_nothing_reaches_the_host(port):
    port.attach(Someone(port))
    port._bulk(STATUS)
    assert port.device.bulk_in.waiting == 0


def test_a_reader_with_endpoints_of_its_own_is_refused() -> None:
    """Frames of this bus name the standard ones."""
    with pytest.raises(ValueError, match="has endpoints of its own"):
        UsbPort(CcidReader(replace(models.PLAIN, endpoints=())))


class Echo:
    """A function on the bus that gives each report back."""

    deadline = None

    def power_up(self, now):
        pass

    def receive(self, report, now):
        return [report]

    def tick(self, now):
        return []


class Fetching(Someone):
    """A host that has asked for a report."""

    def __init__(self, port):
        super().__init__(port)
        self.reports, self.came = [], threading.Event()

    def deliver(self):
        self.reports += [done.data for done in self.port.device.hid.reports.done()]
        if self.reports:
            self.came.set()


def test_what_a_card_does_on_the_bus_is_answered_beside_the_reader():
    port = UsbPort(CcidReader(models.PLAIN), function=Echo())
    host = Fetching(port)
    with port.guard:
        assert port.attach(host)
        port.device.control(CONFIGURE)
        port.device.submit(HID_IN, "in", 64)
        port.device.out(HID_OUT, b"report".ljust(64, b"\0"))
    assert host.came.wait(10)
    assert host.reports == [b"report".ljust(64, b"\0")]
    port.close()


def test_a_report_for_a_host_that_has_gone_is_dropped():
    port = UsbPort(CcidReader(models.PLAIN), function=Echo())
    port._reports([bytes(64)])
    assert port.device.hid.reports.waiting == 0
    port.close()
