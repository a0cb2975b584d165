from __future__ import annotations

import pytest

from vcard.memory import Memory
from vcard.pin import Pin
from vcard.sw import SW


def test_the_right_value_verifies_until_reset() -> None:
    pin = Pin(Memory(), "pin", b"1234")
    assert pin.status == SW.tries_left(3)
    pin.verify(b"1234")
    assert pin.verified
    assert pin.status == SW.OK
    pin.reset()
    assert not pin.verified


def test_wrong_values_count_down_to_blocked() -> None:
    pin = Pin(Memory(), "pin", b"1234", tries=2)
    with pytest.raises(SW) as first:
        pin.verify(b"0000")
    assert first.value == SW.tries_left(1)
    with pytest.raises(SW) as second:
        pin.verify(b"0000")
    assert second.value == SW.AUTHENTICATION_BLOCKED
    assert pin.blocked
    assert pin.status == SW.AUTHENTICATION_BLOCKED
    with pytest.raises(SW):
        pin.verify(b"1234")
    assert not pin.verified


def test_a_pin_may_begin_with_fewer_tries_than_it_has() -> None:
    memory = Memory()
    pin = Pin(memory, "pin", b"1234", tries=3, left=2)
    assert (pin.tries_left, pin.limit) == (2, 3)
    pin.verify(b"1234")
    assert Pin(memory, "pin", b"1234", tries=3, left=2).tries_left == 3
    assert Pin(Memory(), "pin", b"1234", tries=3, left=0).blocked


def test_the_right_value_makes_the_counter_full() -> None:
    pin = Pin(Memory(), "pin", b"1234")
    with pytest.raises(SW):
        pin.verify(b"x")
    pin.verify(b"1234")
    assert pin.tries_left == pin.limit == 3


def test_a_wrong_value_takes_the_verification_away() -> None:
    pin = Pin(Memory(), "pin", b"1234")
    pin.verify(b"1234")
    with pytest.raises(SW):
        pin.verify(b"x")
    assert not pin.verified


def test_a_try_is_spent_even_if_the_command_is_undone() -> None:
    memory = Memory()
    pin = Pin(memory, "pin", b"1234")
    with pytest.raises(SW), memory.transaction():
        pin.verify(b"x")
    assert pin.tries_left == 2


def test_changing_needs_the_old_value() -> None:
    pin = Pin(Memory(), "pin", b"1234")
    with pytest.raises(SW):
        pin.change(b"x", b"5678")
    pin.change(b"1234", b"5678")
    assert pin.tries_left == 3
    assert not pin.verified
    pin.verify(b"5678")


def test_a_new_value_may_bring_a_new_limit() -> None:
    pin = Pin(Memory(), "pin", b"1234")
    pin.replace(b"9", tries=5)
    assert (pin.limit, pin.tries_left) == (5, 5)
    with pytest.raises(ValueError, match=r"1\.\.15"):
        pin.replace(b"9", tries=0)


def test_refilling_unblocks() -> None:
    pin = Pin(Memory(), "pin", b"1234", tries=1)
    with pytest.raises(SW):
        pin.verify(b"x")
    pin.refill()
    pin.verify(b"1234")


def test_a_memory_that_has_the_pin_keeps_its_own() -> None:
    memory = Memory()
    Pin(memory, "pin", b"1234", tries=5).replace(b"5678")
    again = Pin(memory, "pin", b"1234")
    assert again.limit == 5
    again.verify(b"5678")


@pytest.mark.parametrize("tries", [0, 16])
def test_tries_are_one_to_fifteen(tries: int) -> None:
    with pytest.raises(ValueError, match=r"1\.\.15"):
        Pin(Memory(), "pin", b"", tries=tries)


def test_a_card_knows_its_pin_without_counting() -> None:
    memory = Memory()
    assert not Pin.kept(memory, "one")
    pin = Pin(memory, "one", b"1234")
    assert Pin.kept(memory, "one")
    assert pin.matches(b"1234")
    assert not pin.matches(b"4321")
    assert (pin.length, pin.tries_left) == (4, 3)
