from applets.esim.saip.schema import TEMPLATED, codec
from applets.esim.saip.templates import templates


def test_every_templated_element_has_fields():
    assert all(templates(number) for number in TEMPLATED)


def test_an_element_of_an_unexpected_kind_ends_and_does_not_hang():
    value = {"common": {"identification": 1}, "template": "1.2.3", "f0": [("content", b"1")]}
    raw = bytearray(codec().encode("Element", ("t16", value)))
    raw[raw.rindex(b"\x83\x01\x31")] = 0x9E
    name, decoded = codec().decode("Element", bytes(raw))
    assert (name, decoded["f0"]) == ("t16", [(None, None)])


def test_the_schema_can_be_compiled_again():
    raw = codec().encode("Element", ("header", {"major": 3, "minor": 1, "iccid": b"1"}))
    codec.cache_clear()  # the library changes what it compiles
    assert codec().encode("Element", ("header", {"major": 3, "minor": 1, "iccid": b"1"})) == raw
