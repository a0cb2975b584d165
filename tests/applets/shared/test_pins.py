import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.shared.pins import PinRule, RuledPin
from vcard import SW, Memory, PowerLost

DIGITS = PinRule(6, 8, 0xFF, digits=True)
BYTES = PinRule(6, 8, 0xFF)
LOOSE = PinRule(6, 8, 0xFF, strict=False)
VARIABLE = PinRule(6, 127)
SHORT = b"1" + b"\xff" * 7


def test_a_pin_is_filled_up_to_its_longest():
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
        assert DIGITS.accepts(bytes.fromhex(raw)) is digits
        assert BYTES.accepts(bytes.fromhex(raw)) is any_bytes


def test_a_pin_without_a_filler_goes_as_it_is():
    assert VARIABLE.pad("geheim\N{EURO SIGN}") == b"geheim\xe2\x82\xac"
    assert VARIABLE.accepts(b"\xff" * 127)
    assert not VARIABLE.accepts(bytes(128))
    assert not VARIABLE.accepts(b"12345")


@given(st.text(alphabet="0123456789", min_size=6, max_size=8))
def test_digits_are_padded_to_what_is_accepted(text):
    assert DIGITS.accepts(DIGITS.pad(text))


def test_text_that_is_no_pin_is_refused():
    for text in ["12345", "123456789", "12345a", ""]:
        with pytest.raises(ValueError, match="6 to 8 digits"):
            DIGITS.pad(text)
    with pytest.raises(ValueError, match="6 to 127 bytes"):
        VARIABLE.pad(b"short")


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def pin(memory):
    return RuledPin(memory, "pin", "123456", DIGITS)


@pytest.fixture
def puk(memory):
    return RuledPin(memory, "puk", "12345678", BYTES, tries=2)


def refusal(action, *arguments):
    with pytest.raises(SW) as raised:
        action(*arguments)
    return raised.value


def test_a_badly_formed_pin_costs_no_try(pin):
    assert refusal(pin.check, b"123") == SW.WRONG_DATA
    assert pin.status == SW.tries_left(3)


def test_a_loose_rule_counts_malformed_values_of_the_right_length(memory):
    pin = RuledPin(memory, "pin", "123456", LOOSE)
    assert refusal(pin.check, b"123") == SW.WRONG_DATA
    assert refusal(pin.check, bytes(8)) == SW.tries_left(2)


def test_a_wrong_pin_costs_a_try_and_the_right_one_gives_them_back(pin):
    assert refusal(pin.check, DIGITS.pad("654321")) == SW.tries_left(2)
    pin.check(DIGITS.pad("123456"))
    assert pin.status == SW.tries_left(3)


def test_a_blocked_pin_says_so_whatever_comes(pin):
    answers = [refusal(pin.check, DIGITS.pad("654321")) for _ in range(3)]
    assert answers == [SW.tries_left(2), SW.tries_left(1), SW.tries_left(0)]
    for candidate in (DIGITS.pad("654321"), DIGITS.pad("123456"), b"1"):
        assert refusal(pin.check, candidate) == SW.AUTHENTICATION_BLOCKED
    assert pin.status == SW.AUTHENTICATION_BLOCKED


def test_a_card_may_refuse_in_other_words(memory):
    class Silent(RuledPin):
        refusal = SW.SECURITY_STATUS_NOT_SATISFIED

    pin = Silent(memory, "pin", "123456", VARIABLE)
    assert refusal(pin.check, b"654321") == SW.SECURITY_STATUS_NOT_SATISFIED
    assert pin.tries_left == 2


def test_a_value_is_recognised_without_counting(pin):
    assert pin.matches("123456")
    assert not pin.matches("654321")
    pin.replace("654321", tries=5)
    assert pin.matches("654321")
    assert pin.status == SW.tries_left(5)


def test_a_memory_that_has_the_pin_keeps_its_own(memory, pin):
    pin.replace("111111")
    again = RuledPin(memory, "pin", "123456", DIGITS)
    assert again.matches("111111")
    assert memory["pin.value"] == b"111111\xff\xff"


def test_a_pin_is_changed_with_the_old_value(pin):
    pin.renew(b"123456\xff\xff" + b"1234567\xff", pin)
    assert pin.matches("1234567")
    assert refusal(pin.renew, b"123456\xff\xff" + b"111111\xff\xff", pin) == SW.tries_left(2)


def test_a_variable_pin_is_split_where_the_old_value_ends(memory):
    pin = RuledPin(memory, "pin", "1234567", VARIABLE)
    pin.renew(b"1234567newpin", pin)
    assert pin.matches("newpin")
    assert refusal(pin.renew, b"newp", pin) == SW.WRONG_DATA
    assert refusal(pin.renew, b"newpinshort", pin) == SW.WRONG_DATA
    assert refusal(pin.renew, b"newpin" + bytes(128), pin) == SW.WRONG_DATA
    assert pin.tries_left == 3


def test_a_puk_unblocks_the_pin_and_blocks_itself(pin, puk):
    for _ in range(3):
        refusal(pin.check, DIGITS.pad("654321"))
    assert refusal(pin.renew, b"87654321" + b"111111\xff\xff", puk) == SW.tries_left(1)
    pin.renew(b"12345678" + b"111111\xff\xff", puk)
    assert (pin.tries_left, puk.tries_left) == (3, 2)
    assert pin.matches("111111")
    for left in (1, 0):
        assert refusal(pin.renew, b"87654321" + b"222222\xff\xff", puk) == SW.tries_left(left)
    answer = refusal(pin.renew, b"12345678" + b"222222\xff\xff", puk)
    assert answer == SW.AUTHENTICATION_BLOCKED


def test_a_malformed_new_value_costs_no_try_under_a_strict_rule(pin, puk):
    for data in (
        b"",
        b"12345678",
        b"12345678" + b"1111",
        b"87654321" + SHORT,
    ):
        assert refusal(pin.renew, data, puk) == SW.WRONG_DATA
    assert puk.tries_left == 2


def test_a_loose_rule_looks_at_the_new_value_last(memory):
    pin = RuledPin(memory, "pin", "123456", LOOSE)
    assert refusal(pin.renew, b"654321\xff\xff" + bytes(8), pin) == SW.tries_left(2)
    assert refusal(pin.renew, b"123456\xff\xff" + SHORT, pin) == SW.WRONG_DATA
    assert pin.matches("123456")


def test_a_try_is_kept_before_the_comparison(memory, pin):
    with pytest.raises(PowerLost), memory.transaction():
        refusal(pin.check, DIGITS.pad("654321"))
        raise PowerLost
    memory.power_lost()
    assert pin.tries_left == 2
