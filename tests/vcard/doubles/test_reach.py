"""A rule that never answers is reported with the line that answers instead."""

import pytest

from vcard.doubles.scripted import ScriptedCard

CASES = {
    "00 B0 00 00 00 => 01 90 00\n00 B0 00 00 00 => 02 90 00": [(2, 1)],
    "00 A4 ... => 90 00\n00 A4 04 00 ... => 6A 82": [(2, 1)],
    "00 A4 ... => 90 00\n00 A4 => 6A 82": [(2, 1)],
    "00 A4 ?? 00 => 90 00\n00 A4 04 00 => 6A 82\n00 A4 04 01 => 6A 82": [(2, 1)],
    "0? A4 ... => 90 00\n01 A4 00 => 6A 82\n11 A4 00 => 6A 82": [(2, 1)],
    "... => 90 00\n00 => 6A 82\n[open]\n00 => 6A 82": [(2, 1)],
    "00 A4 04 ... => 90 00\n00 A4 ... => 6A 82": [],
    "00 A4 04 00 => 90 00\n00 A4 ?? 00 => 6A 82": [],
    "00 A4 00 ... => 90 00 ; repeat=2\n00 A4 00 01 => 6A 82": [],
    "00 A4 ... 00 => 90 00\n00 A4 ... 00 => 6A 82\n00 A4 01 00 => 6A 82": [(2, 1)],
    "00 A4 [2] => 90 00\n00 A4 [3] => 6A 82": [],
    "00 A4 => 90 00\n00 A4 ... => 6A 82": [],
    "00 ... => 61 00\n[open]\n00 ... => 61 00\n00 01 => 90 00\n[*]\n00 02 => 90 00": [
        (4, 3), (6, 1),
    ],
    "00 B0 ... => 90 00\n00 B0 00 => 90 00\n00 B0 00 => 90 00\n00 ... => 90 00\n00 01 => 90 00": [
        (2, 1), (3, 1), (5, 4),
    ],
}  # fmt: skip


@pytest.mark.parametrize("script", CASES)
def test_what_is_hidden_is_told_with_both_lines(script, caplog):
    made = ScriptedCard.parse(script)
    assert made.unreachable == CASES[script]
    told = [record.getMessage() for record in caplog.records]
    assert told == [
        f"line {line} is never reached: line {by} answers its commands"
        for line, by in CASES[script]
    ]


def test_a_long_script_is_looked_through_in_one_pass():
    lines = [f"00 {n & 255:02X} {n >> 8:02X} 00 ... => 90 00" for n in range(1000)]
    assert ScriptedCard.parse("\n".join(lines)).unreachable == []
    assert ScriptedCard.parse("\n".join([*lines, lines[999]])).unreachable == [(1001, 1000)]
