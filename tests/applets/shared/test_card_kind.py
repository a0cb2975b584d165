import sys
import types

import pytest

from applets.shared.card_kind import CardKind, MissingError, Names
from applets.shared.options import number
from vcard import Card

KIND = CardKind(
    "mine",
    "A card of tests.",
    factory="a_card_of_tests:create",
    options=(number("tries", "wrong PINs", 3),),
    extra="crypto",
)


@pytest.fixture
def module(monkeypatch):
    made = types.ModuleType("a_card_of_tests")
    made.create = lambda memory, options: Card(memory=memory)
    monkeypatch.setitem(sys.modules, "a_card_of_tests", made)


def test_a_card_is_made_by_the_factory_that_its_kind_names(module):
    assert isinstance(KIND.make(None, {"tries": "2"}), Card)


def test_an_option_that_the_card_has_not_is_refused(module):
    with pytest.raises(ValueError, match="'mine' has no option 'colour'; it has tries"):
        KIND.make(None, {"colour": "red"})


def test_a_missing_package_is_explained(monkeypatch):
    monkeypatch.setitem(sys.modules, "a_card_of_tests", None)
    with pytest.raises(MissingError, match="this card needs more packages") as missing:
        KIND.make(None, {})
    assert missing.value.extra == "crypto"


def test_a_kind_describes_itself_and_its_options():
    found = KIND.described()
    assert (found["name"], found["help"], found["extra"]) == ("mine", "A card of tests.", "crypto")
    assert [option["name"] for option in found["options"]] == ["tries"]
    assert Names() == Names({}, {}, {})
