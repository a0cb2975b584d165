"""Numbers in texts have limits, and their errors name the purpose."""

import pytest

from vcard.doubles.numbers import LONGEST_S, MOST, checked_seconds, octet, seconds, status, whole


def test_whole_numbers_have_both_bounds():
    assert [whole("nth", text, 1, 9) for text in ("1", "9")] == [1, 9]
    assert whole("repeat", str(MOST), 0) == MOST
    for text in ("0", "10", "-1", "1.0", "", "x", "9" * 5000, "\u0661", " 1"):
        with pytest.raises(ValueError, match="nth is a whole number from 1 to 9, not") as caught:
            whole("nth", text, 1, 9)
        assert len(str(caught.value)) < 100


def test_times_have_both_bounds():
    assert [seconds("delay", text) for text in ("0", "0.5", "86400")] == [0, 0.5, LONGEST_S]
    for text in ("nan", "inf", "-inf", "1e308", "-5", "86400.1", "x", ""):
        with pytest.raises(ValueError, match="delay is 0 to 86400 seconds, not"):
            seconds("delay", text)
    with pytest.raises(ValueError, match="delay is 0 to 86400 seconds, not nan"):
        checked_seconds("delay", float("nan"))


def test_a_status_is_a_whole_status_word():
    assert [status(text) for text in ("6F00", "9000", "63c1")] == [0x6F00, 0x9000, 0x63C1]
    for text in ("90", "", "5000", "A000", "90000", "9 00", "-900", "90_0"):
        with pytest.raises(ValueError, match="four hexadecimal digits, 6xxx or 9xxx"):
            status(text)


def test_an_octet_is_one_byte_in_hexadecimal():
    assert [octet("ins", text) for text in ("0", "20", "ff", "FF")] == [0, 0x20, 0xFF, 0xFF]
    for text in ("", "100", "-1", "0x", "2_0", "gg", "9" * 5000):
        with pytest.raises(ValueError, match="ins is one byte in hexadecimal, not") as caught:
            octet("ins", text)
        assert len(str(caught.value)) < 100
