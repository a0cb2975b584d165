import inspect
import sys
import types

import pytest

from applets.catalogue import CARDS, T0_ATR, MissingError, optional
from vcard import DEFAULT_ATR, Card, Memory
from vcard.atr.atr import Atr

HELLO = "00A404000AA00000006203010C0601"
DUMP = "00A4040006A000000018FF"


def powered(name, **options):
    card = CARDS[name](None, options)
    card.power_up()
    return card


@pytest.mark.parametrize(
    ("name", "command"), [("hello", HELLO), ("pin-dump", DUMP), ("random", "8084000001")]
)
def test_each_card_carries_its_applet(name, command):
    card = powered(name)
    assert card.atr == (T0_ATR if name == "random" else DEFAULT_ATR)
    assert not Atr.parse(card.atr).problems
    assert card.exchange(bytes.fromhex(command))[-2:] == b"\x90\x00"


def test_applets_share_a_card():
    card = powered("hello", **{"with": "pin-dump,random"})
    assert card.exchange(bytes.fromhex(HELLO)) == b"\x90\x00"
    assert card.exchange(bytes.fromhex("0000000000")) == b"Hello world!\x90\x00"
    assert card.exchange(bytes.fromhex(DUMP)) == b"\x90\x00"


def test_the_memory_is_the_one_that_was_given():
    memory = Memory()
    assert CARDS["pin-dump"](memory, {}).memory is memory


def test_any_atr_can_be_chosen():
    assert powered("hello", atr="3B 00").atr == b"\x3b\x00"


def test_wrong_options_are_named():
    cases = [
        ({"colour": "red"}, "has no option 'colour'; it has atr, with"),
        ({"with": "coffee"}, "no applet is named 'coffee'; there are hello, pin-dump, random"),
        ({"atr": "xy"}, "the option atr is not hexadecimal"),
        ({"atr": "3B"}, "an ATR has 2..33 bytes, not 1"),
        ({"with": "hello"}, "is on the card already"),
    ]
    for options, message in cases:
        with pytest.raises(ValueError, match=message):
            CARDS["hello"](None, options)


def test_an_optional_card_is_imported_when_it_is_asked_for(monkeypatch):
    module = types.ModuleType("a_card_of_tests")
    module.create = lambda memory, options: Card(memory=memory)
    factory = optional("a_card_of_tests", "create", "test")
    monkeypatch.setitem(sys.modules, "a_card_of_tests", module)
    assert isinstance(factory(None, {}), Card)


def test_a_missing_package_is_explained(monkeypatch):
    monkeypatch.setitem(sys.modules, "a_card_of_tests", None)
    with pytest.raises(MissingError, match="this card needs more packages") as missing:
        optional("a_card_of_tests", "create", "esim")(None, {})
    assert missing.value.extra == "esim"


SECTIONS = {
    "esim": ["Uicc", "Isdr", "Ecasd"],
    "hello": ["Hello"],
    "pin-dump": ["PinDump"],
    "piv": ["Piv"],
    "random": ["RandomNumber"],
}


def test_built_in_applets_declare_the_sections_that_state_files_have():
    cards = {name: create(None, {}) for name, create in CARDS.items()}
    found = {name: [applet.section for applet in card.applets] for name, card in cards.items()}
    assert found == SECTIONS


def test_no_built_in_section_depends_on_the_name_of_a_class():
    for create in CARDS.values():
        for applet in create(None, {}).applets:
            source = inspect.getsource(type(applet))
            assert f'\n    section = "{applet.section}"\n' in source
