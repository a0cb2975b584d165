import pytest

from readers.ccid.interrupt import (
    RDR_to_PC_HardwareError,
    RDR_to_PC_NotifySlotChange,
    parse_interrupt,
)


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
