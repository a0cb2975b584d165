from __future__ import annotations

from pathlib import Path

import pytest

from ifd_bridge.cards.opening import open_card
from ifd_bridge.spec import SpecError
from tests.kits.bridge.greeting import greeting
from vcard import Card

CARDS = """
from vcard import Applet, Card, handles
from neighbour import GREETING

class Hi(Applet):
    aid = b"12345"

    def __init__(self, word="hi"):
        self.word = word.encode()

    @handles(ins=0)
    def hi(self, command):
        return self.word

applet = Hi()
card = Card(Hi())
number = 42

def make(memory, word=GREETING):
    return Card(Hi(word), memory=memory)

def forgetful(word="x"):
    return Hi(word)

def anything(**options):
    return Hi(",".join(sorted(options)))

def broken():
    raise ZeroDivisionError
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "neighbour.py").write_text("GREETING = 'neighbour'")
    path = tmp_path / "mycards.py"
    path.write_text(CARDS)
    return path


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("applet", b"hi"),
        ("card", b"hi"),
        ("Hi", b"hi"),
        ("Hi?word=yo", b"yo"),
        ("make", b"neighbour"),
        ("make?word=yo", b"yo"),
        ("forgetful", b"x"),
        ("anything?b=1&a=2", b"a,b"),
    ],
)
def test_a_card_may_come_from_a_file(file: Path, name: str, answer: bytes) -> None:
    assert greeting(f"{file}:{name}") == answer


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nothing", "it has .*card"),
        ("number", "int is neither"),
        ("card?x=1", "takes no options"),
        ("make?x=1", "it has word"),
        ("forgetful?state=x", "no parameter `memory`"),
    ],
)
def test_what_is_no_card_is_refused(file: Path, name: str, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        open_card(f"{file}:{name}")


def test_an_error_in_the_users_own_code_comes_out_as_it_is(file: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        open_card(f"{file}:broken")


def test_a_card_may_come_from_a_module() -> None:
    card = open_card("applets.hello:Hello")
    assert isinstance(card, Card)


def test_a_module_that_misses_another_is_not_called_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "needy.py").write_text("import surely_not_there")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="surely_not_there"):
        open_card("needy:card")


def test_a_file_that_misses_another_is_not_called_missing(tmp_path: Path) -> None:
    path = tmp_path / "needy.py"
    path.write_text("open('surely_not_there')")
    with pytest.raises(FileNotFoundError, match="surely_not_there"):
        open_card(f"{path}:card")
