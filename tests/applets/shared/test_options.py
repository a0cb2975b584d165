from datetime import UTC, datetime

import pytest

from applets.shared.options import (
    ATR,
    PROTOCOL,
    choice,
    day,
    from_file,
    from_files,
    hexadecimal,
    in_folder,
    known_options,
    number,
    switch,
    text,
    with_files,
)

TRIES = number("tries", "wrong PINs", 3, low=1, high=15)
SIZE = number("size", "bytes", 0)
DAY = day("from", "first day", datetime(2020, 1, 1, tzinfo=UTC))
DEMO = switch("demo", "a demonstration")
CURVE = choice("curve", "the curve", {"P-256": 1, "ED25519": 2}, 1)
KEY = hexadecimal("key", "a key", shortest=2, longest=3)
NAME = text("name", "a name", "Alice", example="name=Bob")


def test_an_option_that_is_not_there_has_its_default():
    defaults = [(TRIES, 3), (DEMO, False), (CURVE, 1), (KEY, None), (NAME, "Alice"), (ATR, None)]
    for option, value in defaults:
        assert option.of({}) == value
        assert not option.given({})
    assert DAY.of({}) == datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("option", "given", "value"),
    [
        (TRIES, "15", 15),
        (SIZE, "100000", 100000),
        (DAY, "2024-12-31", datetime(2024, 12, 31, tzinfo=UTC)),
        (DEMO, "", True),
        (DEMO, "yes", True),
        (DEMO, "No", False),
        (DEMO, "0", False),
        (CURVE, "ed_25519", 2),
        (CURVE, "p256", 1),
        (KEY, "01 02", b"\1\2"),
        (NAME, "Bob", "Bob"),
        (PROTOCOL, "both", (0, 1)),
        (ATR, "3B00", b"\x3b\0"),
        (ATR, "", b""),
    ],
)
def test_an_option_is_read(option, given, value):
    assert option.of({option.name: given}) == value
    assert option.given({option.name: given})


@pytest.mark.parametrize(
    ("option", "given", "message"),
    [
        (TRIES, "0", r"^tries is a number, 1\.\.15, not '0'$"),
        (TRIES, "16", r"1\.\.15"),
        (TRIES, "-1", r"1\.\.15"),
        (SIZE, "many", "size is a number, 0 or more, not 'many'"),
        (DAY, "tomorrow", r"from is a day \(2024-12-31\), not 'tomorrow'"),
        (CURVE, "dsa", "curve is one of P-256, ED25519, not 'dsa'"),
        (KEY, "xy", r"key is 2\.\.3 bytes in hexadecimal, not 'xy'"),
        (KEY, "01", r"2\.\.3 bytes"),
        (KEY, "01020304", r"2\.\.3 bytes"),
        (hexadecimal("data", "any"), "0", "data is 0 or more bytes in hexadecimal"),
        (ATR, "3B", r"atr is 2\.\.33 bytes"),
        (PROTOCOL, "t2", "protocol is one of t0, t1, both, not 't2'"),
    ],
)
def test_a_wrong_value_names_the_option_and_what_is_allowed(option, given, message):
    with pytest.raises(ValueError, match=message):
        option.of({option.name: given})


def test_an_unknown_option_is_answered_with_those_that_there_are():
    with pytest.raises(ValueError, match="'hello' has no option 'colour'; it has atr, with"):
        known_options({"colour": "red"}, ["with", "atr"], "hello")
    known_options({"atr": "3B00"}, ["with", "atr"], "hello")


def test_an_option_describes_itself():
    assert TRIES.described() == {
        "name": "tries",
        "type": "number",
        "allowed": "a number, 1..15",
        "default": "3",
        "help": "wrong PINs",
        "example": "tries=3",
    }
    assert [option.described()["default"] for option in (DAY, DEMO, CURVE, KEY)] == [
        "2020-01-01",
        "no",
        "P-256",
        None,
    ]


class Shelf:
    """A disk with two files."""

    def text(self, path):
        return f"text of {path}"

    def content(self, path):
        return b"\1\2"

    def exists(self, path):
        return True

    def create(self, path, content, *, private=False):
        raise AssertionError

    def variable(self, name):
        return f"value of {name}"


def test_what_files_say_replaces_their_names():
    ca = in_folder(text("ca", "a folder"), lambda name, disk: {"ca-key": disk.text(f"{name}/key")})
    data = from_files(text("data", "files"), lambda name, disk: {"data": disk.content(name).hex()})
    word = from_file(text("word", "a file"), lambda name, disk: {"word": disk.variable(name)})
    given = {"ca": "here", "data": "there", "name": "Bob", "word": "X"}
    found = with_files(given, (ca, data, word, NAME), Shelf())
    assert found == {
        "ca-key": "text of here/key",
        "data": "0102",
        "name": "Bob",
        "word": "value of X",
    }
    assert with_files({"ca": ""}, (ca, data), Shelf()) == {}
    told = [(each.path, each.several, each.described()["type"]) for each in (ca, data, word)]
    assert told == [(True, False, "folder"), (True, True, "files"), (True, False, "file")]
