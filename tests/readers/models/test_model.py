from __future__ import annotations

from dataclasses import replace

import pytest

from readers.ccid.descriptor import Descriptor
from readers.models import PINPAD, PLAIN
from readers.models.model import (
    BULK_IN,
    BULK_OUT,
    STANDARD,
    Endpoint,
    Model,
    Quirk,
    addresses,
    devices,
)


def test_a_model_tells_what_its_descriptor_says():
    model = Model("x", descriptor=Descriptor(bMaxSlotIndex=2, bPINSupport=1))
    assert (model.slots, model.has_pinpad) == (3, True)
    assert not model.has(Quirk.PPDU)


@pytest.mark.parametrize(
    ("fields", "token"),
    [
        ({}, False),
        ({"interface_protocol": 1}, True),
        ({"interface_protocol": 2}, True),
        ({"interface_protocol": 7}, False),
        ({"descriptor": Descriptor(dwFeatures=0x40800)}, True),
        ({"built_in": True}, True),
    ],
)
def test_a_token_is_what_its_protocol_its_descriptor_or_the_model_calls_one(fields, token):
    assert Model("x", **fields).is_token is token


@pytest.mark.parametrize("name", ["", "x" * 122, "é" * 61, "\U0001f600" * 31])
def test_a_name_that_pcsc_cannot_carry_is_refused(name):
    with pytest.raises(ValueError, match="1 to 121 bytes of UTF-8"):
        replace(Model("x"), name=name)


@pytest.mark.parametrize("name", ["x", "x" * 121, "é" * 60, "\U0001f600" * 30])
def test_a_name_is_measured_in_bytes(name):
    assert replace(Model("x"), name=name).name == name


@pytest.mark.parametrize(
    ("claimed", "real", "room"), [(263, 0, 261), (64, 0, 261), (65554, 0, 65544), (271, 263, 253)]
)
def test_the_hardware_takes_what_a_tpdu_needs_whatever_it_claims(claimed, real, room):
    descriptor = Descriptor(dwMaxCCIDMessageLength=claimed)
    assert Model("x", descriptor=descriptor, hardware_message_length=real).room == room


def test_a_model_has_the_quirks_that_it_names():
    model = replace(PLAIN, quirks=Quirk.PPDU | Quirk.CHECKS_ATR)
    assert model.has(Quirk.PPDU)
    assert not model.has(Quirk.ZERO_LENGTH_PACKETS)
    assert not PLAIN.has(Quirk.PPDU)


def test_an_endpoint_knows_its_direction() -> None:
    assert [one.reads for one in STANDARD] == [False, True, True]
    assert (BULK_OUT.address, BULK_IN.address) == (0x01, 0x82)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"address": 0x80}, "number of 1..15"),
        ({"address": 0x10}, "number of 1..15"),
        ({"address": 1, "packet_size": 0}, "1..1024 bytes, not 0"),
        ({"address": 1, "packet_size": 1025}, "1..1024 bytes"),
        ({"address": 1, "interval": 256}, "0..255, not 256"),
    ],
)
def test_what_is_no_endpoint_is_refused(fields: dict[str, int], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Endpoint(**fields)  # type: ignore[arg-type] # the fields of a number each


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
