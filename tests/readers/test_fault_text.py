"""Faults of a reader as text."""

import pytest

from readers.ccid.codes import Error
from readers.fault_text import is_reader_fault, parse
from readers.faults import CONTROL, Effect


def test_a_text_makes_a_fault():
    cases = {
        "reader:silent": (Effect.SILENT, None, Error.HW_ERROR, 1, None),
        "reader,nth=5:silent": (Effect.SILENT, None, Error.HW_ERROR, 5, 1),
        "reader,nth=5,count=2:error=FE": (Effect.ERROR, None, 0xFE, 5, 2),
        "usb,nth=12:reset": (Effect.RESET, None, Error.HW_ERROR, 12, 1),
        "control:error": (Effect.ERROR, CONTROL, Error.HW_ERROR, 1, None),
    }
    for text, expected in cases.items():
        fault = parse(text)
        assert (
            fault.effect, fault.kinds, fault.error, fault.count.first, fault.count.limit
        ) == expected  # fmt: skip


def test_texts_about_readers_are_told_from_those_about_cards():
    assert is_reader_fault("reader,nth=2:silent")
    assert is_reader_fault("control:error")
    assert not is_reader_fault("ins=20:mute")
    assert not is_reader_fault("power-up:mute")


def test_a_wrong_text_is_refused():
    for text, message in (
        ("reader:explode", "'explode' is none of silent, error, reset"),
        ("usb:silent", "'silent' is none of reset"),
        ("reader=3:silent", "'3' is none of nth, count"),
        ("reader,ins=20:silent", "'ins' is none of nth, count"),
        ("reader:silent=3", "silent takes no value"),
        ("reader:error=100", "bError is 00..FF"),
        ("reader:error=zz", "the fault 'reader:error=zz'"),
        ("reader,nth=0:silent", "nth is a whole number from 1"),
    ):
        with pytest.raises(ValueError, match=message):
            parse(text)
