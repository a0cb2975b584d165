"""The block of T=1."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.atr.values import Edc
from vcard.transmission.t1_block import (
    Block,
    Complaint,
    Kind,
    Supervision,
    edc_of,
    i_block,
    nad_is_valid,
    r_block,
    s_request,
    s_response,
    swap,
)

VECTORS = [
    tuple(part.strip() for part in line.split("|"))
    for line in (Path(__file__).parents[2] / "vectors/t1.txt").read_text().splitlines()
    if not line.startswith("#")
]


def words(block: Block) -> str:
    if block.kind is Kind.I:
        return f"I {block.sequence} {'more' if block.more else 'last'}"
    if block.kind is Kind.R:
        return f"R {block.sequence} {Complaint(block.pcb & 3).name.lower()}"
    what = Supervision(block.pcb & 0x0F).name
    return f"S {what} {'response' if block.is_response else 'request'}"


def test_blocks_of_real_sessions_are_read_and_written():
    for raw, meaning, _ in VECTORS:
        block = Block.parse(bytes.fromhex(raw.replace(" ", "")))
        assert words(block) == meaning
        assert block.well_coded
        assert bytes(block).hex().upper() == raw.replace(" ", "")


@given(st.binary(max_size=300), st.sampled_from(Edc))
def test_any_bytes_are_a_block_or_a_value_error(raw, edc):
    try:
        block = Block.parse(raw, edc)
    except ValueError:
        return
    assert bytes(block) == raw


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=254), st.sampled_from(Edc))
def test_what_was_written_is_read_again(nad, pcb, inf, edc):
    block = Block(nad, pcb, inf, edc)
    assert Block.parse(bytes(block), edc) == block


@given(st.binary(min_size=4, max_size=64), st.integers(0), st.integers(1, 255))
def test_one_wrong_byte_is_noticed_by_either_code(inf, where, change):
    for edc in Edc:
        raw = bytearray(bytes(Block(0, 0, inf, edc)))
        raw[where % len(raw)] ^= change
        with pytest.raises(ValueError, match="offset"):
            Block.parse(bytes(raw), edc)


def test_a_value_error_names_the_offset():
    cases = [
        ("0000", 2),
        ("000000", 3),
        ("0000020000", 2),
        ("0000FF00", 2),
        ("0000000000", 2),
        ("000001FF00", 4),
    ]
    for raw, offset in cases:
        with pytest.raises(ValueError, match=f"offset {offset}:"):
            Block.parse(bytes.fromhex(raw))


def test_the_codes_are_those_of_the_standard():
    assert edc_of(b"123456789", Edc.LRC) == b"\x31"
    assert edc_of(b"123456789", Edc.CRC) == b"\x6f\x91"  # ISO/IEC 13239 before its complement


def test_builders_make_the_control_bytes_of_the_standard():
    assert i_block(0, 1, b"", more=True).pcb == 0x60
    assert r_block(0, 1, Complaint.EDC_OR_PARITY).pcb == 0x91
    assert s_request(0, Supervision.ABORT).pcb == 0xC2
    assert s_response(0, Supervision.RESYNCH).pcb == 0xE0


def test_reserved_bits_and_lengths_make_a_block_badly_coded():
    cases = [
        (0x00, b"", True), (0x60, b"x", True), (0x01, b"", False), (0x80, b"", True),
        (0x92, b"", True), (0x83, b"", False), (0xA0, b"", False), (0x80, b"x", False),
        (0xC0, b"", True), (0xC0, b"x", False), (0xC1, b"x", True), (0xC1, b"", False),
        (0xE2, b"", True), (0xE3, b"x", True), (0xC4, b"", False), (0xD0, b"", False),
    ]  # fmt: skip
    for pcb, inf, good in cases:
        assert Block(0, pcb, inf).well_coded is good


def test_a_node_address_has_two_different_nodes_and_is_swapped_in_the_answer():
    assert swap(0x2A) == 0xA2
    assert nad_is_valid(0)
    assert nad_is_valid(0x21)
    assert not nad_is_valid(0x22)
    assert not nad_is_valid(0x2A)
    assert not nad_is_valid(0x80)
