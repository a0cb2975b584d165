"""CCID messages are explained, malformed ones with their errors."""

import pytest

from ifd_bridge.explain.ccid_text import ccid, error_name, is_atr, is_ccid


def told(raw: str) -> dict[str, str]:
    return {line.name: line.text for line in ccid(bytes.fromhex(raw))}


def test_a_wrong_length_and_an_unknown_type_are_told():
    assert told("6F0500000000030000 00")["dwLength"] == "5 bytes, but 0 are there"
    assert told("77000000000000000000")["bMessageType"] == "unknown message"


@pytest.mark.parametrize("raw", ["", "6F00"])
def test_less_than_a_header_is_refused(raw):
    with pytest.raises(ValueError, match="offset"):
        told(raw)


def test_shapes_are_recognised():
    assert is_ccid(bytes.fromhex("65000000000001000000"))
    assert is_ccid(bytes.fromhex("5003"))
    assert not is_ccid(bytes.fromhex("65010000000001000000"))
    assert is_atr(bytes.fromhex("3B00"))
    assert not is_atr(bytes.fromhex("3B01"))


def test_errors_are_named():
    assert error_name(0xEF) == "PIN_CANCELLED"
    assert error_name(10) == "wrong field at offset 10"
