"""Lines of logs."""

from ifd_bridge.logs.lines import LINE_LOGS, read_lines
from vcard.doubles.recording import Kind

KINDS = {one.name: one for one in LINE_LOGS}


def hexes(kind, text):
    return [entry.data.hex() for entry in read_lines(KINDS[kind], text)]


def test_status_words_of_pyscard_have_lost_their_zeros():
    assert hexes("pyscard", "> 00 A4 04 00\n<  [] 6A 82")[1] == "6a82"
    assert hexes("pyscard", "> 00 A4 04 00\n<  01 02 90 0 ")[1] == "01029000"


def test_what_stands_before_and_after_is_passed_over():
    text = "2024-01-01 12:00 pcscd[5]: 00000317 [194] APDU: 00 A4 04 00\nother SW: 90 00"
    assert hexes("pcscd", text) == ["00a40400", "9000"]


def test_half_a_byte_is_no_command():
    assert hexes("pysim", "-> 00a\n<- 9000: ") == []


def test_resets_are_told():
    entries = read_lines(KINDS["arrows"], "< OK: 3B 00\n> 00 A4 04 00\n< 90 00")
    assert [entry.kind for entry in entries] == [Kind.UP, Kind.COMMAND, Kind.ANSWER]


def test_long_lines_take_no_longer_than_their_length():
    line = "> " + "00 " * 60_000
    assert len(read_lines(KINDS["arrows"], f"{line}\n< 90 00\n" + "- " * 60_000)) == 2
