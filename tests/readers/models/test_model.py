from dataclasses import replace

import pytest

from readers.ccid.descriptor import Descriptor
from readers.models.model import Model
from readers.models.quirks import Quirk


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
