"""The reader as a USB device."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from readers import models
from readers.ccid.descriptor import Descriptor
from readers.models.model import Quirk
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
    assert raw[8:14] == bytes.fromhex("091201000302")
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
    endpoints = [0x01, 0x82, 0x83]
    assert [raw[2] for raw in found[3:]] == endpoints


def test_some_readers_hang_the_class_descriptor_on_the_last_endpoint():
    odd = replace(models.PLAIN, quirks=Quirk.ENDPOINT_DESCRIPTOR)
    kinds = [raw[1] for raw in parts(descriptors.configuration_descriptor(odd))]
    assert kinds == [2, 4, 5, 5, 5, 0x21]


@given(st.text(alphabet="x\U0001f600", min_size=120, max_size=130))
def test_a_string_is_never_cut_inside_a_character(text):
    raw = dict(descriptors.string_descriptors(replace(NAMED, product_name=text)))[2]
    assert len(raw) == raw[0] <= 254
    assert text.startswith(raw[2:].decode("utf-16-le"))
    if len(text.encode("utf-16-le")) <= 252:
        assert raw[2:].decode("utf-16-le") == text


def test_a_further_interface_without_a_name_has_no_string():
    named, nameless = (
        dict(
            descriptors.string_descriptors(models.PLAIN, replace(models.PLAIN, interface_name=name))
        )
        for name in ("B", "")
    )
    (index,) = named.keys() - nameless.keys()
    assert named[index] == b"\x04\x03B\0"


def test_a_configuration_is_powered_by_the_bus_with_a_hundred_milliamperes():
    """Spec: USB 2.0, table 9-10 (bmAttributes: bit 7 is 1; bMaxPower in 2 mA)."""
    assert descriptors.configuration_descriptor(models.PLAIN)[5:9] == bytes((1, 0, 0x80, 50))
