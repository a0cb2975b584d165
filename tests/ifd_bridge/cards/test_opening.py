from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ifd_bridge.cards import opening as module
from ifd_bridge.cards.opening import open_card
from ifd_bridge.spec import SpecError
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
SELECT = bytes.fromhex("00A4040005") + b"12345"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "neighbour.py").write_text("GREETING = 'neighbour'")
    path = tmp_path / "mycards.py"
    path.write_text(CARDS)
    return path


def greeting(text: str) -> bytes:
    card = open_card(text)
    card.power_up()
    card.exchange(SELECT)
    answer = card.exchange(bytes(4))
    assert isinstance(answer, bytes)
    return answer[:-2]


def test_a_built_in_card_reads_its_files(tmp_path: Path) -> None:
    quick = "&".join(f"{name}=p-256" for name in ("authentication", "key-management"))
    open_card(f"piv?ca={tmp_path}&{quick}")
    assert (tmp_path / "ca.pem").exists()
    with pytest.raises(SpecError, match="no passphrase in NOT_SET"):
        open_card(f"piv?state={tmp_path}/alice.card&passphrase-env=NOT_SET")


@pytest.mark.parametrize("text", ["", "?x=1", "hello?=1"])
def test_half_a_spec_is_refused(text: str) -> None:
    with pytest.raises(SpecError):
        open_card(text)


def test_a_built_in_card_has_a_name() -> None:
    assert isinstance(open_card("hello"), Card)
    assert len(open_card("hello?with=pin-dump").applets) == 2  # type: ignore[attr-defined]


def test_an_error_names_what_would_do() -> None:
    cases = [
        ("helo", "hello"),
        ("mycards.py", "mycards.py:NAME"),
        ("nowhere:card", "FILE.py:NAME"),
        ("hello?x=1", "no option 'x'; it has atr"),
        ("nowhere.py:card", "no such file"),
        ("nowhere.toml", "No such file"),
    ]
    for text, says in cases:
        with pytest.raises(SpecError, match=says):
            open_card(text)


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


def test_a_toml_file_holds_card_and_options(file: Path, tmp_path: Path) -> None:
    path = tmp_path / "my.toml"
    path.write_text(f'card = "{file}:anything"\nb = true\nc = [1, 2]\n[deep]\nd = 4\n')
    assert greeting(str(path)) == b"b,c,deep.d"
    assert greeting(f"{path}?a=1") == b"a,b,c,deep.d"


@pytest.mark.parametrize("text", ["x = 1", "card = ", "\udcff"])
def test_a_toml_file_without_a_card_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "my.toml"
    path.write_bytes(text.encode(errors="surrogateescape"))
    with pytest.raises(SpecError, match=r"my\.toml"):
        open_card(str(path))


def test_a_scheme_makes_its_own_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card()
    seen = []
    monkeypatch.setitem(
        module.SCHEMES, "magic", lambda rest, options: seen.append((rest, options)) or card
    )
    assert open_card("magic:a/b?c=d") is card
    assert seen == [("a/b", {"c": "d"})]


def test_a_card_that_needs_more_packages_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "applets.piv.cards", None)
    with pytest.raises(RuntimeError, match=r"needs more packages: .*pip install .*\[crypto\]"):
        open_card("piv?demo")
