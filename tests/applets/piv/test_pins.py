import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.piv.pins import GuardedPin, PinRule
from vcard import SW, Memory

RULE, LOOSE = PinRule(), PinRule(digits=False)


def test_a_pin_has_6_to_8_characters_filled_up_with_ff():
    cases = [
        ("313233343536FFFF", True, True),
        ("31323334353637FF", True, True),
        ("3132333435363738", True, True),
        ("3132333435FFFFFF", False, False),
        ("313233343541FFFF", False, True),
        ("313233FF34353637", False, False),
        ("313233343536", False, False),
        ("313233343536373839", False, False),
        ("FFFFFFFFFFFFFFFF", False, False),
        ("", False, False),
    ]
    for raw, digits, any_bytes in cases:
        assert RULE.accepts(bytes.fromhex(raw)) is digits
        assert LOOSE.accepts(bytes.fromhex(raw)) is any_bytes


@given(st.text(alphabet="0123456789", min_size=6, max_size=8))
def test_digits_are_padded_to_what_is_accepted(text):
    assert RULE.accepts(RULE.pad(text))


def test_text_that_is_no_pin_is_refused():
    for text in ["12345", "123456789", "12345a", ""]:
        with pytest.raises(ValueError, match="6 to 8 digits"):
            RULE.pad(text)


@pytest.fixture
def guarded():
    return GuardedPin(Memory(), "pin", RULE.pad("123456"), RULE, 3)


def refusal(guarded, candidate):
    with pytest.raises(SW) as raised:
        guarded.check(candidate)
    return raised.value


def test_a_badly_formed_pin_costs_no_try(guarded):
    assert refusal(guarded, b"123") == SW.WRONG_DATA
    assert guarded.status == SW.tries_left(3)


def test_a_wrong_pin_costs_a_try_and_the_right_one_gives_them_back(guarded):
    assert refusal(guarded, RULE.pad("654321")) == SW.tries_left(2)
    guarded.check(RULE.pad("123456"))
    assert guarded.status == SW.tries_left(3)


def test_a_blocked_pin_says_so_whatever_comes(guarded):
    answers = [refusal(guarded, RULE.pad("654321")) for _ in range(3)]
    assert answers == [SW.tries_left(2), SW.tries_left(1), SW.tries_left(0)]
    for candidate in (RULE.pad("654321"), RULE.pad("123456"), b"1"):
        assert refusal(guarded, candidate) == SW.AUTHENTICATION_BLOCKED
    assert guarded.status == SW.AUTHENTICATION_BLOCKED


def test_a_value_is_recognised_without_counting(guarded):
    assert guarded.is_value("123456")
    assert not guarded.is_value("654321")
    guarded.replace("654321", 5)
    assert guarded.is_value("654321")
    assert guarded.status == SW.tries_left(5)
