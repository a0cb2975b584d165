"""Events on a terminal: coloured, filtered, with trees."""

import pytest

from ifd_bridge.ifdh.api import Function
from ifd_bridge.system.written_file import WrittenFile
from ifd_bridge.trace import Stream
from ifd_bridge.trace.events import (
    Called,
    CommandSent,
    Event,
    MessageIn,
    PoweredDown,
    ResponseReceived,
)
from ifd_bridge.trace.text import Filter, Text, text_tap
from ifd_bridge.trace.wording import Layer

FCI = Event(1.5, "Some Reader", ResponseReceived(1, b"", bytes.fromhex("6F048402A0009000")), 0)


def test_a_line_has_time_place_name_bytes_and_note():
    first, *tree = Text().lines(FCI)
    assert first.endswith(".500000 Some Reader/1  < 9000  6F 04 84 02 A0 00 90 00  OK, 0.00 ms")
    assert [line.strip() for line in tree] == ["| 6F FCI: 4 bytes", "|   84 DF name: A000"]
    assert len(list(Text(tree=False).lines(FCI))) == 1


@pytest.mark.parametrize(("response", "code"), [(b"\x90\0", "\x1b[32m"), (b"\x6a\x82", "\x1b[31m")])
def test_success_is_green_and_failure_red(response, code):
    (line,) = Text(colour=True).lines(Event(0, "R", ResponseReceived(0, b"", response), 0))
    assert code in line
    assert "\x1b" not in next(Text().lines(FCI))


def test_layers_have_colours_of_their_own():
    (line,) = Text(colour=True).lines(Event(0, "R", CommandSent(0, b"\0\xa4\0\0")))
    assert "\x1b[36m" in line
    (line,) = Text(colour=True).lines(Event(0, "R", PoweredDown(0)))
    assert "\x1b[33m" in line


def test_long_data_are_cut_and_counted():
    event = Event(0, "R", MessageIn(0, bytes(20)))
    assert next(Text(limit=2).lines(event)).count("00 00 ... 18 more") == 1
    assert "more" not in next(Text(limit=None).lines(event))


@pytest.mark.parametrize(
    ("wanted", "shown"),
    [
        (Filter(), True),
        (Filter(frozenset({Layer.APDU})), True),
        (Filter(frozenset({Layer.CCID})), False),
        (Filter(reader="some"), True),
        (Filter(reader="other"), False),
    ],
)
def test_only_what_is_wanted_is_shown(wanted, shown):
    assert bool(list(Text(wanted).lines(FCI))) is shown


@pytest.mark.parametrize(("pins", "shown"), [(False, "** ** ** **"), (True, "31 32 33 34")])
def test_lines_go_to_a_file_with_stars_for_pins(pins, shown, tmp_path):
    file, stream = WrittenFile(tmp_path / "trace"), Stream()
    stream.add(text_tap(file, Text()), pins=pins)
    verify = bytes.fromhex("0020008004") + b"1234"
    stream.say("R", CommandSent(0, verify))
    stream.say("R", Called(0, Function.TRANSMIT_TO_ICC, 1, verify))
    stream.close()
    lines = (tmp_path / "trace").read_text().splitlines()
    assert len(lines) == 2
    assert all(f"00 20 00 80 04 {shown}" in line for line in lines)


def test_names_are_bold_and_what_stands_around_them_is_dim():
    (line,) = Text(colour=True).lines(Event(0, "R", CommandSent(0, b"\0\xa4\0\0\2\x3f\0")))
    assert "\x1b[36m\x1b[1mSELECT\x1b[0m" in line
    assert "\x1b[2mfile 3F00\x1b[0m" in line
    assert line.startswith("\x1b[2m")


def test_what_stands_below_a_line_is_dim():
    _, *tree = Text(colour=True).lines(FCI)
    assert tree
    assert all(line.startswith("\x1b[2m") for line in tree)
