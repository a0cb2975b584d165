"""The data of messages about parameters are explained field by field; the rest is in vectors."""

from ifd_bridge.explain.parameters_text import LAYOUTS, fields
from readers.ccid.codes import MessageType
from readers.ccid.parameters import T0Parameters, T1Parameters


def test_each_field_stands_at_its_place():
    data = bytes(T1Parameters(ifsc=0xFE, nad=0x21))
    lines = list(fields(data, MessageType.PC_to_RDR_SetParameters))
    assert [(line.offset, line.name) for line in lines] == [
        (10, "bmFindexDindex"), (11, "bmTCCKST1"), (12, "bGuardTimeT1"),
        (13, "bmWaitingIntegersT1"), (14, "bClockStop"), (15, "bIFSC"), (16, "bNadValue"),
    ]  # fmt: skip
    assert b"".join(line.raw for line in lines) == data
    assert {line.depth for line in lines} == {1}


def test_the_rates_are_little_endian_numbers_of_four_bytes():
    lines = list(fields(bytes(range(8)), MessageType.RDR_to_PC_DataRateAndClockFrequency))
    assert [(line.offset, line.raw, line.text) for line in lines] == [
        (10, bytes(range(4)), f"{0x03020100} kHz"), (14, bytes(range(4, 8)), f"{0x07060504} bit/s"),
    ]  # fmt: skip


def test_other_lengths_and_other_messages_have_no_fields():
    for kind, layouts in LAYOUTS.items():
        for size in {0, 1, 4, 6, 9} | {5, 7, 8} - set(layouts):
            assert list(fields(bytes(size), kind)) == []
    assert list(fields(bytes(T0Parameters()), MessageType.PC_to_RDR_XfrBlock)) == []
