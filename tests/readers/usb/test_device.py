"""A reader's answers on its bus."""

import random
from dataclasses import replace

import pytest

from readers import CcidReader, models
from readers.ccid.message import PC_to_RDR_IccPowerOn
from readers.models.model import Quirk
from readers.usb import descriptors
from readers.usb.descriptors import BULK_IN, BULK_OUT, INTERRUPT_IN
from readers.usb.device import MOST_TRANSFERS, MOST_WAITING, Device, Stall
from readers.usb.setup import Setup
from tests.kits.reader_host import FakeCard

STATUS = bytes.fromhex("65000000000000000000")


class Bus:
    """A host of one device; `full` makes its reader take no messages."""

    def __init__(self, model=models.PLAIN, *, configured=True):
        self.reader = CcidReader(model)
        self.messages, self.starts, self.full = [], [], False
        self.device = Device(self.reader, self._take, self.starts.append)
        if configured:
            assert self.ask(0, 9, 1) == b""

    def _take(self, message):
        if not self.full:
            self.messages.append(message)
        return not self.full

    def ask(self, *fields):
        return self.device.control(Setup(*fields))

    def stalls(self, *fields):
        try:
            self.ask(*fields)
        except Stall:
            return True
        return False


@pytest.mark.parametrize("model", models.MODELS.values(), ids=models.MODELS)
def test_every_model_tells_its_descriptors_and_no_more_than_is_asked_for(model):
    bus = Bus(model, configured=False)
    device = descriptors.device_descriptor(model)
    assert bus.ask(0x80, 6, 0x100, 0, 8) == device[:8]
    assert bus.ask(0x80, 6, 0x100, 0, 18) == device
    assert bus.ask(0x80, 6, 0x200, 0, 255) == descriptors.configuration_descriptor(model)
    assert bus.ask(0x80, 6, 0x300, 0, 255) == bytes.fromhex("04030904")
    for index, raw in descriptors.string_descriptors(model):
        assert bus.ask(0x80, 6, 0x300 | index, 0x409, 255) == raw


def test_what_a_full_speed_device_has_not_stalls():
    bus = Bus()
    for fields in (
        (0x80, 6, 0x600, 0, 10),  # device qualifier
        (0x80, 6, 0x700, 0, 9),  # other speed
        (0x80, 6, 0xF00, 0, 5),  # BOS
        (0x80, 6, 0x201, 0, 9),  # a second configuration
        (0x80, 6, 0x3EE, 0, 18),  # Microsoft's string
        (0x80, 6, 0x309, 0x409, 255),
        (0x00, 3, 1),  # remote wakeup
        (0x00, 7, 0x100, 0, 18),  # SET_DESCRIPTOR
        (0xC0, 1, 0, 4, 16),  # vendor
        (0x40, 1),
        (0x80, 6, 0xFF00, 0, 255),
    ):
        assert bus.stalls(*fields), fields


def test_the_configuration_can_be_chosen_and_read():
    bus = Bus(configured=False)
    assert bus.ask(0, 5, 9) == b""
    assert bus.ask(0x80, 8, 0, 0, 1) == b"\0"
    assert bus.ask(0, 9, 1) == b""
    assert bus.ask(0x80, 8, 0, 0, 1) == b"\1"
    assert bus.stalls(0, 9, 2)
    assert bus.starts == [1]
    assert bus.ask(0, 9, 0) == b""
    assert bus.ask(0x80, 8, 0, 0, 1) == b"\0"
    assert bus.starts == [1, 0]


def test_choosing_the_configuration_takes_the_cards_supply_away():
    bus, card = Bus(), FakeCard()
    bus.reader.insert(card)
    bus.reader.handle(bytes(PC_to_RDR_IccPowerOn()), 0.0)
    assert card.powered
    bus.ask(0, 9, 1)
    assert not card.powered


def test_there_is_one_alternate_setting_of_one_interface():
    bus = Bus(configured=False)
    assert bus.stalls(0x81, 10, 0, 0, 1)
    bus.ask(0, 9, 1)
    assert bus.ask(0x81, 10, 0, 0, 1) == b"\0"
    assert bus.stalls(0x81, 10, 0, 1, 1)
    assert bus.stalls(1, 11, 1)
    assert bus.stalls(1, 11, 0, 1)
    assert bus.ask(1, 11, 0) == b""
    assert bus.starts == [1, 1]


def test_an_endpoint_can_be_halted_and_goes_on_where_it_was_cleared():
    bus = Bus()
    for endpoint in (BULK_OUT, BULK_IN, INTERRUPT_IN):
        assert bus.ask(2, 3, 0, endpoint) == b""
        assert bus.ask(0x82, 0, 0, endpoint, 2) == b"\1\0"
    for endpoint in (BULK_IN, INTERRUPT_IN):
        with pytest.raises(Stall):
            bus.device.submit(endpoint, 1, 64)
    with pytest.raises(Stall):
        bus.device.out(BULK_OUT, STATUS)
    for endpoint in (BULK_OUT, BULK_IN, INTERRUPT_IN):
        assert bus.ask(2, 1, 0, endpoint) == b""
        assert bus.ask(0x82, 0, 0, endpoint, 2) == b"\0\0"
    bus.device.submit(BULK_IN, 1, 64)
    bus.device.out(BULK_OUT, STATUS)
    assert bus.messages == [STATUS]


def test_the_control_endpoint_does_not_stay_halted():
    bus = Bus()
    for endpoint in (0, 0x80):
        assert bus.ask(2, 3, 0, endpoint) == b""
        assert bus.ask(0x82, 0, 0, endpoint, 2) == b"\0\0"


def test_a_status_is_told_of_what_is_there():
    bus = Bus(configured=False)
    assert bus.ask(0x80, 0, 0, 0, 2) == b"\0\0"
    assert bus.stalls(0x81, 0, 0, 0, 2)
    assert bus.stalls(0x82, 0, 0, BULK_IN, 2)
    bus.ask(0, 9, 1)
    assert bus.ask(0x81, 0, 0, 0, 2) == b"\0\0"
    assert bus.stalls(0x81, 0, 0, 1, 2)
    assert bus.stalls(0x82, 0, 0, 0x84, 2)
    assert bus.stalls(2, 3, 7, BULK_IN)


def test_data_rates_and_frequencies_are_told_of_interface_0():
    model = replace(models.PLAIN, data_rates=(9600, 19200))
    bus = Bus(model)
    assert bus.ask(0xA1, 3, 0, 0, 256).hex() == "80250000004b0000"
    assert bus.ask(0xA1, 3, 0, 0, 4).hex() == "80250000"
    assert bus.ask(0xA1, 2, 0, 0, 256) == (4000).to_bytes(4, "little")
    for fields in ((0xA1, 3, 0, 1, 256), (0xA0, 3, 0, 0, 256), (0x21, 3), (0xA1, 9, 0, 0, 4)):
        assert bus.stalls(*fields)


def test_some_readers_tell_no_lists():
    bus = Bus(replace(models.PLAIN, quirks=Quirk.NO_DATA_RATES | Quirk.NO_CLOCK_FREQUENCIES))
    assert bus.stalls(0xA1, 3, 0, 0, 256)
    assert bus.stalls(0xA1, 2, 0, 0, 256)


def test_an_abort_reaches_the_reader():
    bus = Bus()
    assert bus.ask(0x21, 1, 0x0500) == b""
    assert bus.reader.slots[0].aborting.requested == 5
    assert bus.stalls(0xA1, 1, 0x0500, 0, 4)
    assert bus.stalls(0x21, 1, 0x0500, 1)


def test_endpoints_work_when_the_device_is_configured():
    bus = Bus(configured=False)
    for endpoint in (BULK_IN, INTERRUPT_IN, 0x84):
        with pytest.raises(Stall):
            bus.device.submit(endpoint, 1, 64)
    for endpoint in (BULK_OUT, BULK_IN, 2):
        with pytest.raises(Stall):
            bus.device.out(endpoint, STATUS)


def test_a_reset_forgets_configuration_and_everything_under_way():
    bus = Bus()
    bus.device.submit(BULK_IN, 1, 64)
    bus.device.interrupt_in.put(b"\x50\x03")
    bus.device.reset()
    assert bus.device.configuration == 0
    assert bus.device.bulk_in.wanted == bus.device.interrupt_in.waiting == 0


def test_a_host_that_asks_too_much_or_reads_nothing_is_stalled():
    bus = Bus()
    for token in range(MOST_TRANSFERS):
        bus.device.submit(BULK_IN, token, 64)
    with pytest.raises(Stall):
        bus.device.submit(BULK_IN, 0, 64)
    bus.full = True
    with pytest.raises(Stall):
        bus.device.out(BULK_OUT, STATUS)
    bus.full = False
    bus.device.bulk_in.put(bytes(MOST_WAITING + 1))
    with pytest.raises(Stall):
        bus.device.out(BULK_OUT, STATUS)


def test_a_message_in_pieces_reaches_the_reader_whole():
    bus = Bus()
    long = b"\x6f" + (100).to_bytes(4, "little") + bytes(105)
    bus.device.out(BULK_OUT, long[:64])
    assert bus.messages == []
    bus.device.out(BULK_OUT, long[64:])
    assert bus.messages == [long]


def test_ten_thousand_random_requests_are_answered_or_stalled():
    chance, bus = random.Random(7), Bus(models.TWO_SLOT)
    bus.reader.insert(FakeCard(), 1)
    for _ in range(10_000):
        kind = chance.choice([0x80, 0x81, 0x82, 0, 1, 2, 0xA1, 0x21, chance.randrange(256)])
        request, value = chance.randrange(16), chance.choice([0, 1, 0x100, chance.randrange(65536)])
        fields = (kind, request, value, chance.choice([0, 1, 0x82]), chance.randrange(300))
        if not bus.stalls(*fields):
            assert len(bus.ask(*fields)) <= fields[4]
    bus.ask(0, 9, 1)
    bus.device.out(BULK_OUT, STATUS)
    assert bus.messages[-1] == STATUS
