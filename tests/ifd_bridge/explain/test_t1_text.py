"""Blocks of T=1 are explained to their last byte."""

import pytest

from ifd_bridge.explain.t1_text import block, is_block


def told(raw: str) -> dict[str, str]:
    return {line.name: line.text for line in block(bytes.fromhex(raw))}


def test_the_check_bytes_are_checked():
    cases = [
        ("00C101FE3E", "LRC, right"),
        ("00C101FE3F", "LRC, 3E would be right"),
        ("00C101FE3E00", "CRC, 54 4E would be right"),
        ("00C101FE", "0 bytes where 1 or 2 belong"),
    ]
    for raw, edc in cases:
        assert told(raw)["EDC"] == edc


def test_information_that_is_no_apdu_is_only_counted():
    assert told("0000010101")["INF"] == "1 bytes"
    assert told("00 10 00 10")["PCB"] == "I-block 0"


def test_a_block_is_not_taken_for_an_apdu():
    assert is_block(bytes.fromhex("00C101FE3E"))
    assert not is_block(bytes.fromhex("00B0000000"))
    with pytest.raises(ValueError, match="offset 2"):
        told("00C1")


def test_an_acknowledgement_tells_which_block_is_expected_next():
    for pcb, number in ((0x80, 0), (0x90, 1)):
        assert f"expects {number}" in str(list(block(bytes((0, pcb, 0, pcb)))))
