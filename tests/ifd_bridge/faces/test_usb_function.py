"""A reader as an interface of a device on a bus: movements, messages and their queue."""

import time
from dataclasses import replace

import pytest

from applets.hello import Hello
from ifd_bridge.faces.usb_function import MOST_MESSAGES
from ifd_bridge.faces.usb_port import UsbPort
from readers import CcidReader, models
from readers.usb.descriptors import BULK_OUT, INTERRUPT_IN
from readers.usb.device import Stall
from readers.usb.setup import Setup
from tests.ifd_bridge.faces.test_usb_port import CONFIGURE, STATUS, Someone, port
from vcard import Card

__all__ = ["port"]  # a fixture


def test_movements_wait_until_the_host_wants_them(port):
    one = Someone(port)
    one.listens = False
    port.attach(one)
    port.devices[0].control(CONFIGURE)
    port.functions[0].reader.insert(Card(Hello()))
    assert one.interrupts == []
    one.listens = True
    with port.guard:
        pass
    assert one.interrupts == [b"\x50\x03"]


def test_a_halted_interrupt_endpoint_tells_nothing(port):
    one = Someone(port)
    port.attach(one)
    port.devices[0].control(CONFIGURE)
    port.devices[0].control(Setup(2, 3, 0, INTERRUPT_IN))
    port.functions[0].reader.insert(Card(Hello()))
    assert one.interrupts == []


def test_swaps_are_no_slower_for_a_host_that_has_stopped(port):
    one = Someone(port)
    port.attach(one)
    port.devices[0].control(CONFIGURE)
    port.devices[0].out(BULK_OUT, STATUS)  # it has looked once, and never will again
    card, began = Card(Hello()), time.monotonic()
    for _ in range(200):
        port.functions[0].reader.insert(card)
        port.functions[0].reader.eject()
    assert time.monotonic() - began < 5  # 0.09 s where nothing else runs
    assert len(one.interrupts) <= 2


def test_messages_that_nobody_reads_are_bounded(port):
    port.attach(Someone(port))
    port.devices[0].control(CONFIGURE)
    with port.guard, pytest.raises(Stall):
        for _ in range(MOST_MESSAGES + 2):
            port.devices[0].out(BULK_OUT, STATUS)


def test_a_reset_forgets_messages_that_have_not_been_handled(port):
    port.attach(Someone(port))
    port.devices[0].control(CONFIGURE)
    with port.guard:
        for _ in range(10):
            port.devices[0].out(BULK_OUT, STATUS)
        port.devices[0].control(CONFIGURE)
        assert port.functions[0]._messages.empty()


def test_time_extensions_are_not_heaped_up(port):
    port.attach(Someone(port))
    port.devices[0].control(CONFIGURE)
    extension = bytes.fromhex("80000000000000800100")
    for _ in range(100):
        port.functions[0]._bulk(extension)
    assert port.devices[0].bulk_in.waiting == len(extension)


def test_before_the_configuration_nothing_reaches_the_host(port):
    port.attach(Someone(port))
    port.functions[0]._bulk(STATUS)
    assert port.devices[0].bulk_in.waiting == 0


def test_a_reader_without_an_interrupt_endpoint_is_asked():
    port = UsbPort(CcidReader(replace(models.PLAIN, endpoints=models.PLAIN.endpoints[:2])))
    one = Someone(port)
    port.attach(one)
    port.control(CONFIGURE)
    port.functions[0].reader.insert(Card(Hello()))
    assert one.interrupts == []
    port.close()


def test_a_token_answers_each_message_where_it_came_from():
    """By control transfers, and at bulk endpoints where it has some."""
    port = UsbPort(CcidReader(replace(models.PLAIN, interface_protocol=2)))
    port.attach(Someone(port))
    port.control(CONFIGURE)
    assert port.control(Setup(0xA1, 0x81, 0, 0, 3)) == bytes((0, 2, 0))
    assert port.devices[0].bulk_in.waiting == 0
    port.devices[0].out(BULK_OUT, STATUS)
    assert port.devices[0].bulk_in.waiting == 10
    assert port.opened.is_set()
    port.close()
