"""The card's declaration."""

from __future__ import annotations

import pytest

from applets.openpgp.attributes import NAMES
from applets.openpgp.kind import ALGORITHMS, KIND, MANUFACTURER, SERIAL, TOUCH
from vcard.secret import without_pin


def test_the_algorithms_are_those_of_the_card() -> None:
    assert ALGORITHMS == NAMES


@pytest.mark.parametrize(
    ("command", "hidden"),
    [
        ("00DA00D3021122", "00DA00D3022A2A"),
        ("00DA00D5021122", "00DA00D5022A2A"),
        ("00DA00F9021122", "00DA00F9022A2A"),
        ("00DB3FFF024D22", "00DB3FFF022A2A"),
        ("00DB3FFF0000024D22", "00DB3FFF0000022A2A"),
        ("00DB3FFF025C22", "00DB3FFF025C22"),
        ("00DA005B021122", "00DA005B021122"),
        ("002000810131", "00200081012A"),
    ],
)
def test_keys_and_codes_are_hidden(command: str, hidden: str) -> None:
    assert without_pin(bytes.fromhex(command), KIND.secrets) == bytes.fromhex(hidden)


def test_each_card_has_a_user_of_its_own() -> None:
    maker = TOUCH.of({"touch": "press"})
    assert maker() is not maker()
    assert maker().after is None


@pytest.mark.parametrize(
    ("option", "wrong"),
    [
        (SERIAL, "x"),
        (SERIAL, "123456789"),
        (MANUFACTURER, "5"),
        (MANUFACTURER, "wxyz"),
        (TOUCH, "x"),
    ],
)
def test_wrong_values_are_named(option, wrong: str) -> None:
    with pytest.raises(ValueError, match=option.name):
        option.of({option.name: wrong})
    assert MANUFACTURER.of({"manufacturer": "0005"}) == 5
    assert SERIAL.of({"serial": "7"}) == 7
