"""Commands and responses are recognised and explained field by field."""

import pytest

from ifd_bridge.explain.apdu_text import apdu, is_apdu, is_response, response


def test_every_field_of_a_command_has_its_line():
    raw = bytes.fromhex("00A4040C05A00000030800")
    lines = [(line.offset, line.name, line.text) for line in apdu(raw)]
    assert lines == [
        (0, "command", "SELECT, case 4"),
        (0, "CLA", "interindustry, channel 0"),
        (1, "INS", "SELECT"),
        (2, "P1-P2", "040C"),
        (4, "Lc", "5 bytes"),
        (5, "data", "PIV"),
        (10, "Le", "up to 256 bytes"),
    ]


def test_extended_lengths_and_long_data_are_told():
    raw = bytes.fromhex("00D60000000100") + b"A" * 256
    texts = {line.name: line.text for line in apdu(raw)}
    assert texts["command"] == "UPDATE BINARY, case 3, extended"
    assert texts["data"] == "256 bytes"


def test_shapes_are_told_apart():
    assert is_apdu(bytes.fromhex("00B0000000"))
    assert not is_apdu(bytes.fromhex("0001000000"))
    assert not is_apdu(b"\0")
    assert is_response(b"\x90\0")
    assert not is_response(b"\x12\x34")


def test_a_response_without_status_word_is_refused():
    with pytest.raises(ValueError, match="offset 1"):
        list(response(b"\x90"))
