"""A device whose interfaces are several readers."""

from dataclasses import replace

import pytest

from readers import CcidReader
from readers.models import PLAIN
from readers.models.model import Endpoint, TransferType
from readers.usb.composite import addressed
from readers.usb.descriptors import DescriptorType, all_descriptors
from readers.usb.device import Device, Stall
from readers.usb.hid import HidInterface
from readers.usb.setup import Setup
from tests.readers.usb.test_hid import Echo

SECOND = replace(
    PLAIN,
    interface_name="Second",
    interface_number=2,
    endpoints=(Endpoint(4), Endpoint(0x85), Endpoint(0x86, TransferType.INTERRUPT, 8, 24)),
)
MODELS = (PLAIN, SECOND)


@pytest.fixture
def interfaces():
    return [Device(CcidReader(model), beside=MODELS) for model in MODELS]


def numbers(interfaces, *setup):
    return [one.model.interface_number for one in addressed(interfaces, Setup(*setup))]


def test_the_configuration_has_both_interfaces_and_their_strings():
    told = all_descriptors(MODELS)
    whole = told[DescriptorType.CONFIGURATION, 0]
    assert len(whole) == int.from_bytes(whole[2:4], "little")
    assert whole[4] == 2
    one = 9 + 54 + 3 * 7
    assert whole[9 + 2] == 0
    assert whole[9 + one + 2] == 2
    text = told[DescriptorType.STRING, whole[9 + one + 8]]
    assert text[2:].decode("utf-16-le") == "Second"


def test_a_hid_interface_is_part_of_the_reader_beside_it(interfaces):
    key = Device(CcidReader(PLAIN), hid=HidInterface(Echo(), lambda: 0.0))
    for number in (0, 1):
        assert addressed([key], Setup(0x81, 6, 0x2200, number, 64)) == [key]
    with pytest.raises(Stall):
        addressed([key], Setup(0x81, 6, 0x2200, 2, 64))
    with pytest.raises(Stall):
        addressed(interfaces, Setup(0x81, 6, 0x2200, 1, 64))


def test_both_parts_tell_the_same(interfaces):
    for setup in (Setup(0x80, 6, 0x100, 0, 18), Setup(0x80, 6, 0x200, 0, 999)):
        assert len({one.control(setup) for one in interfaces}) == 1


def test_a_configuration_is_chosen_for_all(interfaces):
    assert numbers(interfaces, 0, 9, 1) == [0, 2]
    assert numbers(interfaces, 0x80, 8, 0, 0, 1) == [0]


def test_requests_to_interfaces_and_endpoints_find_theirs(interfaces):
    assert numbers(interfaces, 0xA1, 3, 0, 2, 4) == [2]
    assert numbers(interfaces, 0xA1, 3, 0, 0, 4) == [0]
    assert numbers(interfaces, 2, 1, 0, 0x85) == [2]
    assert numbers(interfaces, 2, 1, 0, 0x82) == [0]
    assert numbers(interfaces, 2, 1, 0, 0x8A) == [0]


def test_another_interface_stalls(interfaces):
    with pytest.raises(Stall):
        numbers(interfaces, 0xA1, 3, 0, 1, 4)


def test_an_interface_knows_its_own_number_alone(interfaces):
    with pytest.raises(Stall):
        interfaces[1].control(Setup(0xA1, 3, 0, 0, 4))
    assert interfaces[1].control(Setup(0xA1, 3, 0, 2, 4)) == bytes.fromhex("002a0000")
