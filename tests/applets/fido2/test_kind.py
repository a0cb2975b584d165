from applets.fido2 import algorithms
from applets.fido2.kind import KIND, NUMBERS, TOUCH


def test_algorithms_have_the_names_that_options_use():
    for number, algorithm in algorithms.ALGORITHMS.items():
        assert NUMBERS[algorithm.name] == number


def test_each_card_has_a_user_of_its_own():
    made = TOUCH.of({"touch": "press"})
    assert made() is not made()
    assert TOUCH.of({})().after == 0.0


def test_the_options_are_described():
    names = [option["name"] for option in KIND.described()["options"]]
    assert len(names) == len(set(names)) == 23


def test_a_card_with_a_bus_is_a_security_key():
    assert KIND.reader({"interfaces": "ccid,fido"}) == "security-key"
    assert KIND.reader({}) == ""
