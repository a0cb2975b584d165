"""Events on a terminal: coloured, filtered, with trees."""

import pytest

from ifd_bridge.trace.events import CommandSent, MessageIn, PoweredDown, ResponseReceived
from ifd_bridge.trace.pretty import Filter, Pretty
from ifd_bridge.trace.told import Layer

FCI = ResponseReceived(1.5, "Some Reader", 1, b"", bytes.fromhex("6F048402A0009000"), 0)


def test_a_line_has_time_place_name_bytes_and_note():
    first, *tree = Pretty().lines(FCI)
    assert first.endswith(".500000 Some Reader/1  < 9000  6F 04 84 02 A0 00 90 00  OK, 0.00 ms")
    assert [line.strip() for line in tree] == ["| 6F FCI: 4 bytes", "|   84 DF name: A000"]
    assert len(list(Pretty(tree=False).lines(FCI))) == 1


@pytest.mark.parametrize(("response", "code"), [(b"\x90\0", "\x1b[32m"), (b"\x6a\x82", "\x1b[31m")])
def test_success_is_green_and_failure_red(response, code):
    (line,) = Pretty(colour=True).lines(ResponseReceived(0, "R", 0, b"", response, 0))
    assert code in line
    assert "\x1b" not in next(Pretty().lines(FCI))


def test_layers_have_colours_of_their_own():
    (line,) = Pretty(colour=True).lines(CommandSent(0, "R", 0, b"\0\xa4\0\0"))
    assert "\x1b[36m" in line
    (line,) = Pretty(colour=True).lines(PoweredDown(0, "R", 0))
    assert "\x1b[33m" in line


def test_long_data_are_cut_and_counted():
    event = MessageIn(0, "R", 0, bytes(20))
    assert next(Pretty(limit=2).lines(event)).count("00 00 ... 18 more") == 1
    assert "more" not in next(Pretty(limit=None).lines(event))


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
    assert bool(list(Pretty(wanted).lines(FCI))) is shown
