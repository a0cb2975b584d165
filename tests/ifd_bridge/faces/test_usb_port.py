"""A reader as a USB device for one host at a time."""

import threading

import pytest

from applets.hello import Hello
from ifd_bridge.faces.usb_port import UsbPort
from readers import CcidReader, models
from readers.usb.descriptors import BULK_IN, BULK_OUT
from readers.usb.device import Stall
from readers.usb.hid import HID_IN, HID_OUT
from readers.usb.setup import Setup
from tests.kits.dual import DUAL
from vcard import Card

STATUS = bytes.fromhex("65000000000000000000")
CONFIGURE = Setup(0, 9, 1)


class Someone:
    """A host session that fetches interrupts while `listens`."""

    name = "someone"

    def __init__(self, port):
        self.port = port
        self.listens = True
        self.interrupts, self.gone = [], False

    def hears(self, device):
        return self.listens

    def deliver(self, device):
        pipe = device.interrupt_in
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
    port.devices[0].control(CONFIGURE)
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
    port.functions[0].reader.insert(Card(Hello()))
    one = Someone(port)
    port.attach(one)
    assert one.interrupts == []
    for _ in range(2):
        with port.guard:
            port.devices[0].control(CONFIGURE)
        assert one.interrupts.pop() == b"\x50\x03"


def test_changes_are_told_and_the_last_slot_opens_the_reader():
    told = []
    port = UsbPort(CcidReader(models.PLAIN), lambda: told.append(port.state))
    port.attach(Someone(port))
    port.devices[0].control(CONFIGURE)
    assert told == ["attached", "configured"]
    assert not port.opened.is_set()
    port.devices[0].submit(BULK_IN, 1, 64)
    port.devices[0].out(BULK_OUT, STATUS)
    assert port.opened.is_set()
    port.unplug()
    port.plug()
    assert told[-2:] == ["unplugged", "waiting"]
    port.close()


@pytest.fixture
def dual():
    first, *others = map(CcidReader, DUAL)
    made = UsbPort(first, others=others)
    yield made
    made.close()


def test_readers_that_are_one_device_are_chosen_reset_and_unplugged_together(dual):
    one = Someone(dual)
    assert dual.attach(one)
    dual.control(CONFIGURE)
    assert [each.configuration for each in dual.devices] == [1, 1]
    assert not dual.opened.is_set()
    for at, slot in ((1, 0), (7, 1)):
        status = STATUS[:5] + bytes((slot,)) + STATUS[6:]
        with dual.guard:
            dual.at(at).device.out(at, status)
    assert dual.opened.is_set()
    dual.reset()
    assert [each.configuration for each in dual.devices] == [0, 0]
    dual.unplug()
    assert one.gone
    with pytest.raises(RuntimeError, match=r"Contact.*is not plugged in"):
        dual.unplug()


def test_an_interfaces_movement_is_told_at_its_own_endpoint(dual):
    one = Someone(dual)
    dual.attach(one)
    dual.control(CONFIGURE)
    dual.control(Setup(2, 3, 0, 0x83))  # the first interface's interrupt endpoint is halted
    for each in dual.functions:
        each.reader.insert(Card(Hello()))
    assert one.interrupts == [b"\x50\x03"]
    with pytest.raises(Stall):
        dual.at(0x84)


def test_a_security_key_has_no_reader_beside_it():
    with pytest.raises(ValueError, match="is a security key"):
        UsbPort(CcidReader(models.PLAIN), function=Echo(), others=[CcidReader(DUAL[1])])


class Echo:
    """A function on the bus that echoes each report."""

    deadline = None

    def power_up(self, now):
        pass

    def receive(self, report, now):
        return [report]

    def tick(self, now):
        return []


class Fetching(Someone):
    """A host with a pending request for a report."""

    def __init__(self, port):
        super().__init__(port)
        self.reports, self.came = [], threading.Event()

    def deliver(self, device):
        self.reports += [done.data for done in device.hid.reports.done()]
        if self.reports:
            self.came.set()


def test_what_a_card_does_on_the_bus_is_answered_beside_the_reader():
    port = UsbPort(CcidReader(models.PLAIN), function=Echo())
    host = Fetching(port)
    with port.guard:
        assert port.attach(host)
        port.devices[0].control(CONFIGURE)
        port.devices[0].submit(HID_IN, "in", 64)
        port.devices[0].out(HID_OUT, b"report".ljust(64, b"\0"))
    assert host.came.wait(10)
    assert host.reports == [b"report".ljust(64, b"\0")]
    port.close()


def test_a_report_for_a_host_that_has_gone_is_dropped():
    port = UsbPort(CcidReader(models.PLAIN), function=Echo())
    port._reports([bytes(64)])
    assert port.devices[0].hid.reports.waiting == 0
    port.close()
