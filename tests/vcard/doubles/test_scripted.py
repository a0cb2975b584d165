"""Cards that are a list of commands and answers."""

import pytest

from vcard import SW, Busy
from vcard.doubles import Faults, scripted
from vcard.doubles.scripted import ScriptedCard

SCRIPT = """
atr 3B 81 80 01 80 80
00 A4 04 00 ...      => 90 00                 # comment
00 20 00 80 08 31 32 33 34 ... => 90 00 ; state=open
00 20 00 80 ...      => 63 C1 | 63 C0 | 69 83
80 AA P1 P2 ...      => {p1} {p2} {data} 90 00
80 C0 ...            => mute
[open]
00 B0 ?? ?? 04       => 01 02 03 04 90 00 ; delay=0.5 ; repeat=2
[*]
00 B0 ...            => 69 82
"""


def card(text=SCRIPT):
    made = ScriptedCard.parse(text)
    made.power_up()
    return made


def send(made, text):
    answer = made.exchange(bytes.fromhex(text))
    return answer if answer is None or isinstance(answer, Busy) else answer.hex().upper()


def test_a_script_gives_its_atr_and_answers():
    made = card()
    assert made.power_up() == bytes.fromhex("3B8180018080")
    assert send(made, "00A4040000") == "9000"


def test_answers_are_given_in_turn_and_the_last_one_stays():
    made = card()
    assert [send(made, "0020008001FF") for _ in range(4)] == ["63C1", "63C0", "6983", "6983"]


def test_answers_given_in_turn_go_on_after_a_reset():
    made = card()
    send(made, "0020008001FF")
    made.power_up()
    assert send(made, "0020008001FF") == "63C0"


def test_a_rule_of_the_current_state_comes_before_one_of_any_state():
    made = card()
    assert send(made, "00B0000004") == "6982"
    send(made, "002000800831323334FFFFFFFF")
    answer = send(made, "00B0000004")
    assert (answer.seconds, answer.finish()) == (0.5, bytes.fromhex("010203049000"))


def test_a_spent_rule_gives_way_to_the_next_one():
    made = card()
    send(made, "002000800831323334FFFFFFFF")
    assert [isinstance(send(made, "00B0000004"), Busy) for _ in range(3)] == [True, True, False]


def test_a_reset_goes_back_to_the_first_state():
    made = card()
    send(made, "002000800831323334FFFFFFFF")
    made.power_down()
    made.power_up()
    assert send(made, "00B0000004") == "6982"


def test_parts_of_the_command_can_be_answered():
    assert send(card(), "80AA1234020A0B") == "12340A0B9000"


def test_parts_of_a_malformed_command_are_taken_from_its_header():
    assert send(card("80 ... => {p1} 90 00"), "80AA1234FF00") == "129000"
    assert send(card("80 ... => {ins} {cla} {lc} 90 00"), "80AA123405FF") == "AA80009000"


def test_a_card_can_be_mute():
    assert send(card(), "80C00000") is None


def test_an_unknown_command_is_refused_and_kept():
    made = card()
    assert send(made, "00FF0000") == "6D00"
    assert made.unmatched == [bytes.fromhex("00FF0000")]


def test_what_is_logged_of_an_unknown_command_shows_no_pin(caplog):
    send(ScriptedCard(), "002000800431323334")
    assert "00 20 00 80 04 2A 2A 2A 2A" in caplog.text


def test_rules_can_be_built_in_python():
    made = ScriptedCard(atr=b"\x3b\x00")
    made.on("00 10 ...").answers(SW.FILE_NOT_FOUND, b"\x90\x00", None)
    made.on("00 11 ...").answers(bytes).times(1)
    assert [send(made, "00100000") for _ in range(3)] == ["6A82", "9000", None]
    assert [send(made, "00110000"), send(made, "00110000")] == ["00110000", "6D00"]


def test_a_wrong_script_names_its_line():
    cases = [
        ("00 A4", "line 1: a rule is"),
        ("\n00 A4 => 9", "line 2: "),
        ("00 => 00", "does not end with a status word"),
        ("00 => 90 00 ; colour=red", "'colour' is not state"),
        ("ZZ => 90 00", "column 1"),
        ("00 => {p9} 90 00", "is not hex and"),
        ("00 => 90 00 ; delay=nan", "line 1: delay is 0 to 86400"),
        ("00 => 90 00 ; delay=-1", "delay is 0 to 86400"),
        ("00 => 90 00 ; repeat=-1", "repeat is a whole number"),
        ("00 => 90 00 ; repeat=" + "9" * 5000, "repeat is a whole number"),
        ("00 [99999999999] => 90 00", "a gap has 0 to 65544"),
        ("00 => " + "{data}" * 17 + "90 00", "at most 16 parts of the command"),
    ]
    for text, message in cases:
        with pytest.raises(ValueError, match=message):
            ScriptedCard.parse(text)


def test_a_rule_needs_an_answer():
    with pytest.raises(ValueError, match="needs an answer"):
        ScriptedCard().on("00").answers()


@pytest.mark.parametrize("uid", ["04 A1 B2", "04 A1 B2 C3 D4", "xy"])
def test_a_uid_that_no_card_has_is_refused_with_its_line(uid):
    with pytest.raises(ValueError, match="line 2: "):
        ScriptedCard.parse(f"atr 3B 00\nuid {uid}")


def test_what_no_rule_fits_is_kept_and_logged_up_to_a_bound(monkeypatch, caplog):
    monkeypatch.setattr(scripted, "MOST_UNMATCHED", 2)
    made = ScriptedCard()
    for number in range(3):
        made.exchange(bytes((number,)) + bytes(60_000))
    assert [command[0] for command in made.unmatched] == [0, 1]
    assert len(caplog.text) < 2000
    assert "00 and 59937 bytes" in caplog.text


def test_a_delay_that_no_clock_takes_is_refused_in_python_too():
    with pytest.raises(ValueError, match="delay is 0 to"):
        ScriptedCard().on("00").after(float("inf"))
    with pytest.raises(ValueError, match="delay is 0 to"):
        Faults().on("00").delay(-1)


def test_a_script_may_have_a_card_that_does_not_answer_the_reset():
    assert ScriptedCard.parse("atr\n00 A4 ... => 90 00\n").atr == b""
