from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ifd_bridge.cards import schemes
from ifd_bridge.cards.opening import open_card, reader_of
from ifd_bridge.spec import SpecError
from vcard import Card


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


def test_a_scheme_makes_its_own_cards(monkeypatch: pytest.MonkeyPatch) -> None:
    card = Card()
    seen = []
    monkeypatch.setitem(
        schemes.SCHEMES, "magic", lambda rest, options: seen.append((rest, options)) or card
    )
    assert open_card("magic:a/b?c=d") is card
    assert seen == [("a/b", {"c": "d"})]


def test_a_card_that_needs_more_packages_names_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "applets.piv.cards", None)
    with pytest.raises(RuntimeError, match=r"needs more packages: .*pip install .*\[crypto\]"):
        open_card("piv?demo")


def test_a_file_that_leads_to_itself_is_told(tmp_path: Path) -> None:
    path = tmp_path / "loop.toml"
    path.write_text(f'card = "{path}"')
    with pytest.raises(SpecError, match="more than 16 SPECs, each leading to the next"):
        open_card(str(path))
    with pytest.raises(SpecError, match="more than 16 SPECs"):
        open_card("ports:" * 3000 + "hello")


def test_a_file_of_brackets_and_one_without_an_end_are_told(tmp_path: Path) -> None:
    path = tmp_path / "deep.toml"
    path.write_text("a = " + "[" * 100_000)
    with pytest.raises(SpecError, match=r"deep\.toml: "):
        open_card(str(path))
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    with pytest.raises(SpecError, match=r"zero\.toml: more than 1 MiB"):
        open_card(str(tmp_path / "zero.toml"))
    for scheme in ("script", "replay"):
        with pytest.raises(SpecError, match="/dev/zero: more than"):
            open_card(f"{scheme}:/dev/zero")
    with pytest.raises(SpecError, match="/dev/zero: more than 16 MiB"):
        open_card("hello?state=x&passphrase-file=/dev/zero")


@pytest.mark.parametrize("timeout", ["nan", "inf", "-1", "1e308", "soon"])
def test_a_foreign_card_is_waited_for_within_bounds(timeout: str) -> None:
    with pytest.raises(SpecError, match="timeout is 0 to 86400 seconds"):
        open_card(f"vpcd:listen:0?timeout={timeout}")


@pytest.mark.parametrize(
    ("spec", "reader"),
    [
        ("yubikey", "yubikey"),
        ("yubikey?interface=nfc", ""),
        ("yubikey?interface=wrong", ""),
        ("fido2", ""),
        ("fido2?interfaces=ccid,fido", "security-key"),
        ("hello", ""),
        ("cards.py:card", ""),
        ("yubikey?=", ""),
        ("", ""),
    ],
)
def test_a_token_on_usb_brings_its_reader(spec: str, reader: str) -> None:
    assert reader_of(spec) == reader
