"""Readers that fail on purpose."""

import pytest

from applets.hello import Hello
from readers import CcidReader
from readers.ccid.codes import IccStatus
from readers.faults import CONTROL, Effect, ReaderFault, ReaderFaults
from readers.models import PLAIN
from vcard.doubles.trigger import Count

POWER_ON = bytes.fromhex("62000000000001010000")
STATUS = bytes.fromhex("65000000000002000000")
ESCAPE = bytes.fromhex("6B000000000003000000")


@pytest.fixture
def reader():
    made = CcidReader(PLAIN)
    made.insert(Hello())
    return made


def answers(reader, *messages):
    for message in messages:
        reader.handle(message, 0.0)
    found = list(reader.bulk_in)
    reader.bulk_in.clear()
    return found


def test_a_silent_reader_takes_a_message_and_answers_none(reader):
    told = []
    fault = ReaderFault(Effect.SILENT, count=Count(first=2, limit=1))
    reader.faults = ReaderFaults(fault, on_strike=lambda *what: told.append(what))
    assert len(answers(reader, STATUS, STATUS, STATUS)) == 2
    assert told == [(0, "reader: silent")]


def test_an_error_is_that_of_the_command(reader):
    reader.faults = ReaderFaults(ReaderFault(Effect.ERROR, kinds=CONTROL, error=0xFE))
    status, escape = answers(reader, STATUS, ESCAPE)
    assert status[8] == 0
    assert (escape[0], escape[6], escape[7] >> 6, escape[8]) == (0x83, 3, 1, 0xFE)


def test_a_reset_takes_the_cards_power_before_the_message_is_taken(reader):
    answers(reader, POWER_ON)
    assert reader.slots[0].state is IccStatus.ACTIVE
    reader.faults = ReaderFaults(ReaderFault(Effect.RESET, count=Count(limit=1)))
    (status,) = answers(reader, STATUS)
    assert status[7] & 3 == IccStatus.INACTIVE


def test_messages_that_are_cut_are_struck_as_well(reader):
    reader.faults = ReaderFaults(ReaderFault(Effect.ERROR))
    assert [answer[8] for answer in answers(reader, b"", b"\x65")] == [0xFB, 0xFB]
