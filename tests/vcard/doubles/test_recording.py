"""Recordings and their replay."""

import itertools

import pytest

from applets.hello import Hello
from vcard import Busy, Card
from vcard.doubles.recording import HEADER, Entry, Recorder, ReplayCard, parse

SELECT = bytes.fromhex("00A404000AA00000006203010C0601")
HELLO = bytes(4)


def record(use):
    """The lines that are written while `use(card)` runs; each look at the clock is 1 s later."""
    lines = []
    seconds = itertools.count(0.0)
    use(Recorder(Card(Hello()), lines.append, lambda: next(seconds)))
    return lines


def session(card):
    card.power_up()
    card.exchange(SELECT)
    card.exchange(HELLO, 0)
    card.power_down()


def test_a_recording_is_readable_text_with_times():
    assert record(session) == [
        HEADER,
        "1.000000 up 3B 87 80 01 80 65 76 63 61 72 64 81",
        "2.000000 > 00 A4 04 00 0A A0 00 00 00 62 03 01 0C 06 01",
        "3.000000 < 90 00",
        "4.000000 >0 00 00 00 00",
        "5.000000 < 48 65 6C 6C 6F 20 77 6F 72 6C 64 21 90 00",
        "6.000000 down",
    ]


def test_a_recording_reads_back_what_was_written():
    lines = record(session)
    assert [str(entry) for entry in parse("\n".join(lines))] == lines[1:]


def test_a_busy_card_is_recorded_when_it_answers():
    class Slow(Card):
        def exchange(self, command, port=None):
            return Busy(3, lambda: b"\x90\x00")

    lines = []
    recorder = Recorder(Slow(Hello()), lines.append, lambda: 0.0)
    answer = recorder.exchange(HELLO)
    assert lines[-1] == "0.000000 > 00 00 00 00"
    assert answer.finish() == b"\x90\x00"
    assert lines[-1] == "0.000000 < 90 00"


def test_a_mute_card_is_recorded_as_such():
    lines = record(lambda card: card.exchange(HELLO))
    assert lines[-1].endswith("< mute")
    assert parse("\n".join(lines))[-1].data is None


def test_a_replay_answers_what_was_recorded():
    card = ReplayCard(parse("\n".join(record(session))))
    answers = [card.power_up(), card.exchange(SELECT), card.exchange(HELLO)]
    card.power_down()
    assert answers == [Card(Hello()).atr, b"\x90\x00", b"Hello world!\x90\x00"]
    assert card.finished
    assert card.departure is None


def test_a_replay_gives_the_recorded_atrs_in_turn():
    entries = [Entry.parse("0 up 3B 00"), Entry.parse("1 up 3B 01 02"), Entry.parse("2 > 00")]
    card = ReplayCard(entries)
    assert [card.power_up() for _ in range(3)] == [b"\x3b\0", b"\x3b\1\2", b"\x3b\1\2"]


def test_a_strict_replay_says_where_the_client_departed():
    card = ReplayCard(parse("\n".join(record(session))))
    card.power_up()
    assert card.progress is None
    card.exchange(SELECT)
    assert card.progress == ("replay", 2, 3)
    assert card.exchange(b"\0\1\0\0") == b"\x6f\x00"
    assert card.departure == "command 2: expected 00 00 00 00, got 00 01 00 00"
    assert not card.finished


def test_a_departure_shows_no_pin():
    text = f"{HEADER}\n0 up 3B 00\n1 > 00 20 00 80 02 31 32\n2 < 90 00"
    card = ReplayCard(parse(text))
    card.exchange(bytes.fromhex("00200080023334"))
    pin = "00 20 00 80 02 2A 2A"
    assert card.departure == f"command 1: expected {pin}, got {pin}"


def test_a_strict_replay_departs_after_its_end():
    card = ReplayCard(parse(f"{HEADER}\n0 up 3B 00\n1 > 00 01 00 00\n2 < 90 00"))
    card.exchange(b"\0\1\0\0")
    card.exchange(b"\0\2\0\0")
    card.exchange(b"\0\3\0\0")
    assert card.departure == "command 2: expected nothing more, got 00 02 00 00"


def test_a_replay_by_lookup_takes_any_order_and_gives_answers_in_turn():
    text = f"{HEADER}\n0 up 3B 00\n1 > AA\n2 < 01 90 00\n3 > BB\n4 < 90 00\n5 > AA\n6 < 02 90 00"
    card = ReplayCard(parse(text), lookup=True)
    asked = [b"\xbb", b"\xaa", b"\xaa", b"\xaa"]
    assert [card.exchange(raw).hex() for raw in asked] == ["9000", "019000", "029000", "029000"]
    card.exchange(b"\xcc")
    assert card.departure == "command 4: expected a recorded command, got CC"


def test_a_wrong_recording_names_its_line():
    cases = [
        ("", "line 1: a recording starts with"),
        ("# vcard recording 2\n", "line 1"),
        (f"{HEADER}\n# fine\n1.0 sideways 00", "line 3"),
        (f"{HEADER}\n1.0 > 0", "line 2"),
    ]
    for text, message in cases:
        with pytest.raises(ValueError, match=message):
            parse(text)


def test_a_recording_without_power_up_cannot_be_replayed():
    with pytest.raises(ValueError, match="no power-up"):
        ReplayCard([])


def test_a_long_line_that_is_none_is_shown_in_short():
    with pytest.raises(ValueError, match=r"line 2: 'xxx.*is no line of a recording") as caught:
        parse(HEADER + "\n" + "x" * 5000)
    assert len(str(caught.value)) < 120
