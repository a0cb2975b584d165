from applets.piv.session import LOOSE_RULE, PIN_RULE, PUK_RULE, Session


def test_a_pin_of_the_standard_is_6_to_8_digits_and_a_puk_any_bytes():
    assert PIN_RULE.pad("123456") == b"123456\xff\xff"
    assert not PIN_RULE.accepts(b"12345A\xff\xff")
    assert PUK_RULE.accepts(b"12345A\xff\xff")


def test_only_the_standards_rules_refuse_at_once():
    assert [rule.strict for rule in (PIN_RULE, PUK_RULE, LOOSE_RULE)] == [True, True, False]


def test_nothing_is_proved_in_a_new_session():
    one = Session()
    assert [one.pin, one.fresh, one.administrator] == [False] * 3
