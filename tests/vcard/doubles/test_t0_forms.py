"""Over T=0 a case 4 command has no Le; scripts and recordings match both forms."""

import pytest

from vcard.doubles.recording import Entry, Kind, ReplayCard
from vcard.doubles.scripted import ScriptedCard
from vcard.doubles.t0_forms import forms, speaks_t0

CASE_3, CASE_4 = bytes.fromhex("00A40004023F00"), bytes.fromhex("00A40004023F0000")
T0, T1, BOTH = (bytes.fromhex(atr) for atr in ("3B00", "3B800181", "3B80800101"))


@pytest.mark.parametrize(
    ("command", "others"),
    [
        ("00A40004023F00", ["00A40004023F0000"]),
        ("00A40004023F0000", ["00A40004023F00"]),
        ("00A40004023F0005", ["00A40004023F00"]),
        ("00A40004023F000000", []),
        ("00B0000002", []),
        ("00B00000", []),
        ("00B0000000", []),
        ("00D600000000013F", []),
        ("00A40004023F", []),
        ("", []),
    ],
)
def test_a_case_4_command_and_its_case_3_are_one_over_t0(command, others):
    raw = bytes.fromhex(command)
    assert list(forms(raw, over_t0=True)) == [raw, *map(bytes.fromhex, others)]
    assert list(forms(raw, over_t0=False)) == [raw]


def test_an_atr_tells_whether_t0_may_be_spoken():
    told = [speaks_t0(atr) for atr in (T0, T1, BOTH, b"", None)]
    assert told == [True, False, True, False, False]


@pytest.mark.parametrize(("atr", "fits"), [(T0, True), (BOTH, True), (T1, False)])
@pytest.mark.parametrize(("known", "sent"), [(CASE_4, CASE_3), (CASE_3, CASE_4)])
def test_a_rule_and_a_recorded_command_are_found_over_t0_alone(known, sent, atr, fits):
    made = ScriptedCard.parse(f"atr {atr.hex()}\n{known.hex()} => 62 00 90 00")
    made.power_up()
    assert made.exchange(known) == b"\x62\0\x90\0"
    assert made.exchange(sent) == (b"\x62\0\x90\0" if fits else b"\x6d\0")
    for lookup in (False, True):
        entries = [
            Entry(0, Kind.UP, atr), Entry(0, Kind.COMMAND, known), Entry(0, Kind.ANSWER, b"\x90\0"),
        ]  # fmt: skip
        replay = ReplayCard(entries, lookup=lookup)
        replay.power_up()
        assert replay.exchange(sent) == (b"\x90\0" if fits else b"\x6f\0")
        assert (replay.departure is None) is fits


def test_a_rule_for_the_very_command_goes_first():
    made = ScriptedCard.parse(f"atr 3B00\n{CASE_4.hex()} => 61 04\n{CASE_3.hex()} => 90 00")
    made.power_up()
    assert [made.exchange(CASE_3), made.exchange(CASE_4)] == [b"\x90\0", b"\x61\x04"]
