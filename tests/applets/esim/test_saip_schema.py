from applets.esim.saip_schema import FIELDS, TEMPLATED, codec
from applets.esim.saip_templates import templates


def test_every_templated_element_has_fields():
    assert all(0 < len(templates(number)) <= FIELDS for number in TEMPLATED)


def test_an_element_of_an_unexpected_kind_ends_and_does_not_hang():
    value = {"common": {"identification": 1}, "template": "1.2.3", "f0": [("content", b"1")]}
    raw = bytearray(codec().encode("Element", ("t16", value)))
    raw[raw.rindex(b"\x83\x01\x31")] = 0x9E
    name, decoded = codec().decode("Element", bytes(raw))
    assert (name, decoded["f0"]) == ("t16", [(None, None)])
