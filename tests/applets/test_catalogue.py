import dataclasses
import importlib
import inspect
import pkgutil
import subprocess
import sys
from enum import Enum

import pytest

import applets
from applets.catalogue import CARDS, kinds, names, secrets
from applets.random_number import T0_ATR
from applets.sim.aka import Milenage, Tuak
from applets.sim.usim import Aka
from applets.uicc.pins import PinSpec
from tests.kits import golden
from vcard import DEFAULT_ATR, Memory
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
        ({"atr": "xy"}, r"atr is 2\.\.33 bytes in hexadecimal, not 'xy'"),
        ({"atr": "3B"}, r"atr is 2\.\.33 bytes in hexadecimal, not '3B'"),
        ({"with": "hello"}, "is on the card already"),
    ]
    for options, message in cases:
        with pytest.raises(ValueError, match=message):
            CARDS["hello"](None, options)


def test_each_kind_declares_what_its_card_is():
    for one in kinds():
        assert one.name in CARDS
        assert one.help.endswith(".")
        assert bool(one.applet) != bool(one.factory)
        for option in one.options:
            told = option.described()
            assert told["help"]
            assert told["allowed"]
        assert len({option.name for option in one.options}) == len(one.options)


def test_the_examples_of_options_can_be_read():
    for one in kinds():
        for option in one.options:
            name, _, value = option.example.partition("=")
            if option.example and option.read is None:
                option.of({name: value})
                assert name == option.name


def test_names_and_secrets_are_those_of_all_kinds():
    assert names().aids[bytes.fromhex("A000000308")] == "PIV"
    assert names().tags[0xBF2D] == "profile list"
    assert names().instructions[0x7C] == "MANAGE LSI"
    known = {0x01, 0x02, 0x03, 0x08, 0x0B, 0x1C, 0xD8, 0xDA, 0xDB, 0xFE, 0xFF}
    assert known <= {secret.ins for secret in secrets()}


LISTING = """
import sys
for heavy in ("cryptography", "asn1crypto", "cbor2"):
    sys.modules[heavy] = None
from applets import catalogue
print([kind.described() for kind in catalogue.kinds()], catalogue.names(), catalogue.secrets())
try:
    catalogue.create("piv", None, {})
except catalogue.MissingError as error:
    print("missing", error.extra)
"""
ALONE = """
import sys
from applets import catalogue
catalogue.create("hello", None, {"with": "pin-dump"})
print([name for name in sys.modules if "piv" in name or "esim" in name])
"""


def run(program):
    return subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.slow  # a process
def test_cards_are_listed_without_the_packages_that_they_need():
    assert run(LISTING).endswith("missing crypto\n")


@pytest.mark.slow  # a process
def test_a_card_imports_no_other():
    assert run(ALONE) == "[]\n"


def test_no_built_in_section_depends_on_the_name_of_a_class():
    for create in CARDS.values():
        for applet in create(None, {}).applets:
            source = inspect.getsource(type(applet))
            assert f'\n    section = "{applet.section}"\n' in source


SECRET = frozenset(
    {
        "adm", "dek", "enc", "global_pin", "k", "key", "keys", "mac", "mac_key", "_master", "opc",
        "pairing_code", "parts", "password", "pin", "puk", "pw1", "pw3", "rc", "rmac", "secret",
        "topc", "value", "witness",
    }
)  # fmt: skip
"""Names of secrets in the cards."""
SHOWN = {
    "applets.fido2.authorisation.Proof.mac", "applets.piv.dynamic_authentication.Template.witness",
    "applets.uicc.ota.short_messages.Assembly.parts", "applets.uicc.toolkit.cat.Answer.parts",
    "applets.uicc.toolkit.envelopes.Envelope.parts",
}  # fmt: skip
"""Fields with such names that are no secrets."""
TYPES = ("bytes", "str", "PrivateKey")


def secret_fields():
    """Yield each field of a card's dataclass whose name and type are a secret's."""
    for found in pkgutil.walk_packages(applets.__path__, "applets."):
        for kind in vars(importlib.import_module(found.name)).values():
            if (
                isinstance(kind, type)
                and dataclasses.is_dataclass(kind)
                and kind.__module__ == found.name
            ):
                for field in dataclasses.fields(kind):
                    name = f"{found.name}.{kind.__name__}.{field.name}"
                    type_ = str(field.type).removeprefix("ec.")
                    holds = any(each in type_ for each in TYPES) and "Public" not in type_
                    if field.name in SECRET and holds and "__repr__" in vars(kind):
                        yield name, field.repr


def test_no_secret_is_in_the_text_of_an_object():
    """A traceback, a log or a debugger may show the text. Keys of a library show only that they are
    keys."""
    found = dict(secret_fields())
    assert {name for name, shown in found.items() if shown and name not in SHOWN} == set()
    assert {name for name, shown in found.items() if shown} == SHOWN
    assert len(found) > 40


@pytest.mark.parametrize("made", [
    lambda secret: Milenage(secret, secret), lambda secret: Tuak(secret, secret * 2),
    lambda secret: Aka("milenage", secret, secret), lambda secret: PinSpec(1, secret, puk=secret),
])  # fmt: skip
def test_a_subscription_shows_no_secret(made):
    secret = b"\xa7SECRET-SECRET-7"
    assert b"SECRET".decode() not in repr(made(secret))


def test_what_each_card_declares_is_as_it_always_was():
    """Names, secret commands and options: users and traces rely on them."""
    lines = []
    for kind in kinds():
        secret = [(each.ins, each.p1, each.p2) for each in kind.secrets]
        lines += sorted(f"{kind.name} secret {golden.one(each)}" for each in secret)
        facts = (kind.factory, kind.extra, kind.atr, kind.answers_unselected)
        lines += [f"{kind.name} {' '.join(map(golden.one, facts))}"]
        lines += golden.values(kind.names, f"{kind.name}.names")
        options = [(each.name, each.default) for each in kind.options]
        lines += [f"{kind.name} option {name} {golden.one(default)}" for name, default in options]
    golden.check("card_kinds", lines, more=True)


def numbers_of_standards():
    """Yield the members of each of the cards' enumerations with numbers or bytes."""
    for found in pkgutil.walk_packages(applets.__path__, "applets."):
        for kind in vars(importlib.import_module(found.name)).values():
            if isinstance(kind, type) and issubclass(kind, Enum) and kind.__module__ == found.name:
                for name, member in kind.__members__.items():
                    if isinstance(member.value, int | bytes):
                        yield f"{found.name}.{kind.__name__}.{name} {golden.one(member.value)}"


def test_every_code_has_the_number_of_its_standard():
    """The docstring of each enumeration has the clause."""
    golden.check("card_codes", numbers_of_standards())


def test_every_card_that_takes_an_atr_can_be_one_that_does_not_answer():
    with_atr = [
        one.name for one in kinds()
        if one.applet or any(option.name == "atr" for option in one.options)
    ]  # fmt: skip
    assert {"hello", "piv", "openpgp", "fido2", "globalplatform", "yubikey"} <= {*with_atr}
    for name in with_atr:
        assert CARDS[name](None, {"atr": ""}).atr == b"", name
