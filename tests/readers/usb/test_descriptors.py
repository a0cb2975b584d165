"""The reader as a USB device."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers import models
from readers.ccid.descriptor import Descriptor
from readers.models.quirks import Quirk
from readers.usb import descriptors

NAMED = replace(
    models.PLAIN, vendor_name="ACME", serial_number="42", interface_name="CCID", bcd_device=0x0203
)


def parts(raw):
    """The descriptors in a configuration, one after the other."""
    while raw:
        yield raw[: raw[0]]
        raw = raw[raw[0] :]


def test_the_device_descriptor_names_the_model():
    raw = descriptors.device_descriptor(NAMED)
    assert len(raw) == raw[0] == 18
    assert raw[8:14] == bytes.fromhex("091201700302")
    assert raw[14:18] == bytes((1, 2, 3, 1))


def test_strings_that_are_empty_are_not_named():
    bare = replace(models.PLAIN, vendor_name="", product_name="")
    assert descriptors.strings(bare) == {}
    assert descriptors.device_descriptor(bare)[14:17] == bytes(3)
    assert descriptors.strings(NAMED)[descriptors.StringIndex.INTERFACE] == "CCID"


def test_string_descriptors_begin_with_the_language_and_are_cut_to_what_fits():
    found = dict(descriptors.string_descriptors(replace(NAMED, serial_number="x" * 200)))
    assert found[0] == bytes.fromhex("04030904")
    assert found[1] == bytes.fromhex("0A03") + "ACME".encode("utf-16-le")
    assert len(found[3]) == found[3][0] == 254
    unnamed = replace(NAMED, vendor_name="")
    assert dict(descriptors.string_descriptors(unnamed)).keys() == {0, 2, 3, 4}


def test_the_configuration_holds_interface_class_descriptor_and_endpoints():
    found = list(parts(descriptors.configuration_descriptor(NAMED)))
    assert [raw[1] for raw in found] == [2, 4, 0x21, 5, 5, 5]
    assert int.from_bytes(found[0][2:4], "little") == sum(map(len, found))
    assert Descriptor.parse(found[2]) == NAMED.descriptor
    endpoints = [descriptors.BULK_OUT, descriptors.BULK_IN, descriptors.INTERRUPT_IN]
    assert [raw[2] for raw in found[3:]] == endpoints


def test_some_readers_hang_the_class_descriptor_on_the_last_endpoint():
    odd = replace(models.PLAIN, quirks=Quirk.ENDPOINT_DESCRIPTOR)
    kinds = [raw[1] for raw in parts(descriptors.configuration_descriptor(odd))]
    assert kinds == [2, 4, 5, 5, 5, 0x21]


def test_frequencies_and_data_rates_can_be_asked():
    model = replace(models.PLAIN, data_rates=(9600, 115200))
    ask = descriptors.Setup(0xA1, descriptors.ClassRequest.GET_DATA_RATES, 0, 0, 1024)
    assert descriptors.class_answer(model, ask).hex() == "8025000000c20100"
    ask = descriptors.Setup(0xA1, descriptors.ClassRequest.GET_CLOCK_FREQUENCIES, 0, 0, 4)
    assert descriptors.class_answer(model, ask) == (4000).to_bytes(4, "little")


def test_what_is_asked_too_long_is_cut():
    model = replace(models.PLAIN, data_rates=(9600, 115200))
    assert len(descriptors.class_answer(model, descriptors.Setup(0xA1, 3, 0, 0, 4))) == 4


@pytest.mark.parametrize(
    ("model", "setup"),
    [
        (models.PLAIN, descriptors.Setup(0xA1, 9)),
        (models.PLAIN, descriptors.Setup(0x80, 3)),
        (replace(models.PLAIN, quirks=Quirk.NO_DATA_RATES), descriptors.Setup(0xA1, 3)),
    ],
)
def test_other_requests_stall(model, setup):
    assert descriptors.class_answer(model, setup) is None


@given(st.binary(max_size=12))
def test_a_setup_packet_reads_back_or_is_refused(raw):
    if len(raw) == 8:
        assert bytes(descriptors.Setup.parse(raw)) == raw
    else:
        with pytest.raises(ValueError, match="offset 0"):
            descriptors.Setup.parse(raw)
