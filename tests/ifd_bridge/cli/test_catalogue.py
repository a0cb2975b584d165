from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from applets import catalogue
from ifd_bridge.cards.schemes import SCHEMES
from ifd_bridge.cli import vcard


def test_every_card_is_listed_with_all_of_its_options() -> None:
    told = json.loads(CliRunner().invoke(vcard, ["cards", "--json"]).output)
    assert {card["name"] for card in told} == set(catalogue.CARDS)
    for card in told:
        names = {option["name"] for option in card["options"]}
        assert {option.name for option in catalogue.kind(card["name"]).options} <= names


@pytest.mark.parametrize("name", catalogue.CARDS)
def test_a_cards_options_are_shown_with_their_examples(name: str) -> None:
    said = CliRunner().invoke(vcard, ["cards", name]).output
    assert said.startswith(name)
    for option in catalogue.kind(name).options:
        assert f"    {option.name}: {option.help}" in said


def test_every_scheme_is_a_source() -> None:
    said = CliRunner().invoke(vcard, ["sources"]).output
    for scheme in SCHEMES:
        assert f"{scheme}:" in said
