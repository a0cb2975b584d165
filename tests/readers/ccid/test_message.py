from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.codes import CommandStatus, IccStatus, MessageType
from readers.ccid.message import (
    BULK,
    PC_to_RDR_IccPowerOn,
    PC_to_RDR_SetDataRateAndClockFrequency,
    PC_to_RDR_XfrBlock,
    RDR_to_PC_DataBlock,
    RDR_to_PC_HardwareError,
    RDR_to_PC_NotifySlotChange,
    RDR_to_PC_Parameters,
    RDR_to_PC_SlotStatus,
    parse_bulk,
    parse_interrupt,
)

WIRE = [
    ("6F 05000000 01 02 03 0100 00A4040000", PC_to_RDR_XfrBlock(1, 2, 3, 1, b"\0\xa4\4\0\0")),
    ("62 00000000 00 01 01 0000", PC_to_RDR_IccPowerOn(0, 1, 1)),
    (
        "73 08000000 00 04 000000 A00F0000 002A0000",
        PC_to_RDR_SetDataRateAndClockFrequency(0, 4, 4000, 10752),
    ),
    ("80 02000000 00 02 00 00 10 9000", RDR_to_PC_DataBlock(0, 2, 0, 0, 16, b"\x90\0")),
    ("81 00000000 00 02 42 FE 00", RDR_to_PC_SlotStatus(0, 2, 0x42, 0xFE)),
]


def test_messages_have_the_bytes_of_the_standard():
    for wire, message in WIRE:
        assert bytes(message) == bytes.fromhex(wire)
        assert parse_bulk(bytes.fromhex(wire)) == message


def test_a_status_byte_has_two_halves():
    answer = RDR_to_PC_SlotStatus(bStatus=0x42)
    assert answer.icc_status == IccStatus.ABSENT
    assert answer.command_status == CommandStatus.FAILED


def test_what_is_no_message_is_refused_with_the_offset():
    cases = [
        ("", 0),
        ("99", 0),
        ("65 0000", 3),
        ("65 01000000 00 00 000000", 1),
        ("65 01000000 00 00 000000 00", 1),
        ("65 00000000 00 00 000001", 7),
        ("73 00000000 00 00 000000", 1),
    ]
    for wire, offset in cases:
        with pytest.raises(ValueError, match=f"offset {offset}:"):
            parse_bulk(bytes.fromhex(wire))


def test_a_class_refuses_the_type_of_another():
    with pytest.raises(ValueError, match="offset 0"):
        PC_to_RDR_XfrBlock.parse(bytes(PC_to_RDR_IccPowerOn()))


def test_every_bulk_type_has_a_class():
    interrupts = {MessageType.RDR_to_PC_NotifySlotChange, MessageType.RDR_to_PC_HardwareError}
    assert set(BULK) == set(MessageType) - interrupts
    assert all(kind.__name__ == kind.bMessageType.name for kind in BULK.values())


@given(st.sampled_from(sorted(BULK)), st.binary(max_size=20), st.integers(0, 255))
def test_any_bytes_are_a_message_or_a_value_error(kind, tail, length):
    raw = bytes((kind, length, 0, 0, 0)) + tail
    try:
        message = parse_bulk(raw)
    except ValueError:
        return
    assert bytes(message) == raw


@given(st.sampled_from(list(BULK.values())), st.data())
def test_parsing_undoes_writing(kind, data):
    values = [
        data.draw(st.binary(max_size=20) if field.type == "bytes" else st.integers(0, 255))
        for field in fields(kind)
    ]
    message = kind(*values)
    assert parse_bulk(bytes(message)) == message


def test_parameters_carry_their_data_and_say_how_long_they_are():
    raw = bytes(RDR_to_PC_Parameters(abProtocolDataStructure=bytes(5)))
    assert (raw[1:5], len(raw)) == (b"\5\0\0\0", 15)


def test_a_slot_change_has_two_bits_for_each_slot():
    change = parse_interrupt(bytes.fromhex("50 0301"))
    assert change == RDR_to_PC_NotifySlotChange(b"\x03\x01")
    assert (change.present(0), change.changed(0)) == (True, True)
    assert (change.present(1), change.changed(1)) == (False, False)
    assert (change.present(4), change.changed(4)) == (True, False)


def test_a_hardware_error_names_slot_and_sequence():
    error = RDR_to_PC_HardwareError(1, 7, 1)
    assert bytes(error) == bytes.fromhex("51010701")
    assert parse_interrupt(bytes(error)) == error


def test_other_interrupts_are_refused():
    for wire in ["", "50", "52 00", "51 00 00"]:
        with pytest.raises(ValueError, match="offset 0"):
            parse_interrupt(bytes.fromhex(wire))
