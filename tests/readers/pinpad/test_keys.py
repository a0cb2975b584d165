import pytest

from readers.pinpad.keys import BACKSPACE, CANCEL, CLEAR, OK, Key, parse_keys


def test_keys_are_written_as_people_write_them():
    one, two = Key("1"), Key("2")
    assert parse_keys("12", OK) == (one, two, OK)
    assert parse_keys("1", "2", "ok", "Clear") == (one, two, OK, CLEAR)
    assert parse_keys("cancel", "BACKSPACE") == (CANCEL, BACKSPACE)
    assert parse_keys() == ()


def test_ten_keys_are_digits():
    assert "".join(key for key in Key if key.digit) == "0123456789"


def test_other_words_are_no_keys():
    for word in ["", "12a", "ENTER", "DIGIT_1", "²"]:
        with pytest.raises(ValueError, match="no key"):
            parse_keys(word)
