import pytest

from applets.uicc.pins import Pins, PinSpec
from vcard import SW, Memory

SPECS = (
    PinSpec(0x01, b"0000\xff\xff\xff\xff", puk=b"12345678"),
    PinSpec(0x81, bytes(8), enabled=False),
    PinSpec(0x0A, bytes(8), 10),
)
NEW = b"1111\xff\xff\xff\xff"


@pytest.fixture
def pins():
    return Pins(SPECS, Memory().section("x"))


def test_a_pin_that_is_off_satisfies_its_conditions(pins):
    assert pins.satisfied() == {0x81}
    pins[1].enabled = False
    assert pins.satisfied() == {0x01, 0x81}


def test_a_pin_that_the_card_does_not_have_stands_in_nobodys_way(pins):
    assert pins.allow(0x55)
    assert not pins.allow(0x01)
    pins[1].pin.verify(SPECS[0].value)
    assert pins.allow(0x01)


def test_pins_are_found_by_reference(pins):
    assert (len(pins), 0x81 in pins, 0x55 in pins) == (3, True, False)
    with pytest.raises(SW) as caught:
        pins[0x55]
    assert caught.value == SW.REFERENCED_DATA_NOT_FOUND


def test_first_values_are_written_at_installation():
    memory = Memory()
    Pins(SPECS, memory.section("x")).write()
    assert memory["x/pin01.value"] == SPECS[0].value
    assert memory["x/puk01.value"] == b"12345678"


def test_a_puk_sets_a_new_pin(pins):
    pin = pins[1]
    for _ in range(3):
        with pytest.raises(SW):
            pin.pin.verify(bytes(8))
    assert pin.pin.blocked
    with pytest.raises(SW):
        pin.unblock(bytes(8), NEW)
    pin.unblock(b"12345678", NEW)
    assert pin.satisfied
    assert pin.pin.tries_left == 3


def test_a_pin_without_puk_cannot_be_unblocked(pins):
    with pytest.raises(SW) as caught:
        pins[0x0A].unblock(bytes(8), bytes(8))
    assert caught.value == SW.REFERENCE_DATA_NOT_USABLE


def test_the_status_of_pins_shows_which_are_on(pins):
    assert pins.status().hex() == "900180830101830181"


ONE, TWO = (0x3F00, 0x7FD0), (0x3F00, 0x7FD1)
LOCAL = (
    PinSpec(0x0A, bytes(8), 10),
    PinSpec(0x81, b"1" * 8, adf=ONE),
    PinSpec(0x81, b"2" * 8, adf=TWO),
)


def test_applications_have_pins_of_their_own():
    memory = Memory()
    pins = Pins(LOCAL, memory.section("x"))
    pins.find(0x81, ONE).pin.verify(b"1" * 8)
    assert (pins.satisfied(ONE), pins.satisfied((*TWO, 0x6F07))) == ({0x81}, set())
    assert pins.allow(0x81, ONE)
    assert not pins.allow(0x81, TWO)
    assert memory["x/pin81-7FD1.value"] == b"2" * 8


def test_outside_of_an_application_a_local_reference_is_that_of_the_first():
    pins = Pins(LOCAL, Memory().section("x"))
    assert pins[0x81] is pins.find(0x81, ONE)
    assert pins.get(0x0A, TWO) is pins[0x0A]


def test_the_status_shows_the_references_that_are_named(pins):
    assert pins.status((), (0x81, 0x0A, 0x55)).hex() == "90014083018183010a830155"


def test_of_two_directories_in_each_other_the_nearer_ones_pin_counts():
    outer, inner = (0x3F00, 0x7FD0), (0x3F00, 0x7FD0, 0x5F3A)
    specs = (PinSpec(0x81, b"1" * 8, adf=outer), PinSpec(0x81, b"2" * 8, adf=inner))
    pins = Pins(specs, Memory().section("x"))
    pins.find(0x81, (*inner, 0x4F3A)).pin.verify(b"2" * 8)
    assert 0x81 not in pins.satisfied(outer)
