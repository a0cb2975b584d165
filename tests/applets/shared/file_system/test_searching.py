import pytest

from applets.shared.file_system.searching import Search
from vcard import SW, Command


def parsed(p2, data):
    return Search.parse(Command(0, 0xA2, 1, p2, bytes.fromhex(data)))


@pytest.mark.parametrize(
    ("p2", "data", "word"),
    [
        (4, "", SW.WRONG_LENGTH), (3, "41", SW.INCORRECT_P1_P2), (7, "41", SW.INCORRECT_P1_P2),
        (6, "0400", SW.WRONG_LENGTH), (6, "030041", SW.WRONG_DATA), (6, "140041", SW.WRONG_DATA),
    ],
)  # fmt: skip
def test_a_search_that_is_none_is_refused(p2, data, word):
    with pytest.raises(SW) as caught:
        parsed(p2, data)
    assert caught.value == word


def test_records_are_looked_at_in_the_order_that_is_asked_for():
    forwards, backwards = parsed(4, "41"), parsed(5, "41")
    assert list(forwards.numbers(2, 4, absolute=True)) == [2, 3, 4]
    assert list(backwards.numbers(9, 4, absolute=True)) == [4, 3, 2, 1]
    assert list(forwards.numbers(0, 3, absolute=False)) == [1, 2, 3]
    assert list(backwards.numbers(0, 3, absolute=False)) == [3, 2, 1]
    assert list(parsed(6, "060041").numbers(2, 4, absolute=False)) == [3, 4]
    assert list(parsed(6, "070041").numbers(2, 4, absolute=False)) == [1]
    assert list(parsed(6, "070041").numbers(2, 4, absolute=True)) == [2, 1]


def test_a_pattern_is_looked_for_from_an_offset_or_behind_a_value():
    assert parsed(4, "4242").matches(b"xBBx")
    assert not parsed(6, "040242").matches(b"xBxx")
    assert parsed(6, "040142").matches(b"xBxx")
    assert parsed(6, "0C7842").matches(b"AxBx")
    assert not parsed(6, "0C7842").matches(b"BxAx")
    assert not parsed(6, "0C7942").matches(b"BxAx")
