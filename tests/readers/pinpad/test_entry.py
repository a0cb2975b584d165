from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.pin_request import Condition, Prompt
from readers.pinpad.entry import (
    BACKSPACE,
    CANCEL,
    CLEAR,
    OK,
    TABLE,
    Entry,
    Key,
    Phase,
    Result,
    Stroke,
    parse_keys,
)

VERIFY = (Prompt.ENTER,)
CHANGE = (Prompt.ENTER, Prompt.NEW, Prompt.CONFIRM)
KEY = Condition.KEY


def entry(prompts=VERIFY, conditions=KEY, low=4, high=8, **options):
    return Entry(prompts, (low, high), conditions, 30, 0.0, **options)


def typed(it, *keys):
    for key in parse_keys(*keys):
        if it.result is None:
            it.press(key, 0.0)
    return it


def test_the_table_knows_every_stroke_in_every_phase():
    assert set(TABLE) == set(product(Phase, Stroke))


def test_digits_are_typed_and_corrected():
    cases = [
        (("1234", OK), "1234"),
        (("12345678", OK), "12345678"),
        (("123456789", OK), "12345678"),
        (("1299", BACKSPACE, BACKSPACE, "34", OK), "1234"),
        (("9999", CLEAR, "1234", OK), "1234"),
        ((BACKSPACE, CLEAR, "1234", OK), "1234"),
        (("12345678", BACKSPACE, "9", OK), "12345679"),
        (("12345678", CLEAR, "1234", OK), "1234"),
        (("1", BACKSPACE, "1", CLEAR, "12345", OK), "12345"),
    ]
    for keys, pin in cases:
        it = typed(entry(), *keys)
        assert it.result is Result.DONE
        assert it.pins == {Prompt.ENTER: pin}


@pytest.mark.parametrize("keys", [(CANCEL,), ("1234", CANCEL), ("12345678", CANCEL)])
def test_cancel_ends_an_entry(keys):
    assert typed(entry(), *keys).result is Result.CANCELLED


def test_too_few_digits_end_an_entry_or_are_waited_for():
    assert typed(entry(), "123", OK).result is Result.WRONG_LENGTH
    patient = typed(entry(patient=True), "123", OK)
    assert patient.result is None
    assert typed(patient, "4", OK).pins == {Prompt.ENTER: "1234"}


def test_the_last_digit_validates_where_that_is_the_condition():
    it = typed(entry(conditions=Condition.MAX_LENGTH), "1234", OK, "5678")
    assert (it.result, it.full_by_itself) == (Result.DONE, True)
    assert typed(entry(conditions=KEY), "12345678").result is None
    assert typed(entry(conditions=Condition.MAX_LENGTH), "123", OK).result is None


def test_the_end_of_the_time_validates_or_gives_up():
    cases = [
        (KEY, "", Result.TIMED_OUT),
        (KEY, "1234", Result.TIMED_OUT),
        (KEY, "12345678", Result.TIMED_OUT),
        (KEY | Condition.TIMEOUT, "123", Result.TIMED_OUT),
        (KEY | Condition.TIMEOUT, "1234", Result.DONE),
        (Condition.TIMEOUT, "12345678", Result.DONE),
    ]
    for conditions, digits, result in cases:
        it = entry(conditions=conditions)
        if digits:
            typed(it, digits)
        it.tick(29.9)
        assert it.result is None
        it.tick(30.0)
        assert it.result is result


def test_every_key_starts_the_time_anew():
    it = entry()
    it.press(Key("1"), 29.0)
    it.tick(58.9)
    assert it.result is None
    it.tick(59.0)
    assert it.result is Result.TIMED_OUT


def test_a_change_asks_for_three_pins():
    it = entry(CHANGE)
    prompts = []
    for pin in ("1234", "5678", "5678"):
        prompts.append(it.prompt)
        typed(it, pin, OK)
    assert tuple(prompts) == CHANGE
    assert it.result is Result.DONE
    assert it.pins == {Prompt.ENTER: "1234", Prompt.NEW: "5678", Prompt.CONFIRM: "5678"}


def test_a_wrong_confirmation_ends_a_change():
    it = typed(entry(CHANGE), "1234", OK, "5678", OK, "5679", OK)
    assert it.result is Result.DIFFERENT


@given(st.lists(st.sampled_from(list(Key))), st.integers(1, 7), st.integers(0, 8))
def test_any_keys_leave_an_entry_sound(keys, conditions, low):
    it = Entry(CHANGE, (low, 8), Condition(conditions), 30, 0.0)
    for now, key in enumerate(keys):
        if it.result is None:
            it.press(key, float(now))
            it.tick(float(now))
        assert len(it.typed) <= 8
    for pin in it.pins.values():
        assert low <= len(pin) <= 8


def test_nothing_is_full_by_itself_before_a_digit_is_typed():
    """Only after the last digit has ended a PIN by itself an OK may follow without a meaning."""
    it = entry(conditions=Condition.MAX_LENGTH, low=4, high=4)
    assert not it.full_by_itself
    typed(it, "123")
    assert not it.full_by_itself
    typed(it, "4")
    assert it.full_by_itself


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
