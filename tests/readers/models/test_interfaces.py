"""Readers that are interfaces of one device."""

from dataclasses import replace

from readers.models import PINPAD, PLAIN
from readers.models.interfaces import addresses, devices

SECOND = replace(PLAIN, name="second", interface_number=1)


def test_readers_are_devices_of_their_own():
    assert devices([PLAIN, PLAIN, PINPAD]) == [[0], [1], [2]]
    assert devices([]) == []


def test_models_in_a_row_that_differ_in_the_interface_alone_are_one_device():
    third = replace(SECOND, interface_number=4)
    assert devices([PINPAD, PLAIN, SECOND, third, PLAIN, SECOND, PINPAD]) == [
        [0], [1, 2, 3], [4, 5], [6],
    ]  # fmt: skip
    assert addresses([PINPAD, PLAIN, SECOND, PLAIN]) == [1, 2, 2, 3]


def test_another_serial_number_is_another_device():
    assert devices([PLAIN, replace(SECOND, serial_number="2")]) == [[0], [1]]
