from __future__ import annotations

import json

from applets import catalogue
from ifd_bridge.worlds import offered
from ifd_bridge.worlds.world import World
from readers.models import MODELS


def test_every_model_and_card_is_told_as_json_has_it(world: World) -> None:
    told = json.loads(json.dumps(world.catalogue()))
    assert [one["model"] for one in told["models"]] == list(MODELS)
    assert [one["name"] for one in told["cards"]] == list(catalogue.CARDS)


def test_a_model_says_what_a_user_chooses_by() -> None:
    token = offered.model("yubikey", MODELS["yubikey"])
    assert (token["slots"], token["pin_pad"], token["built_in"]) == (1, False, True)
    pad = offered.model("x", MODELS["pinpad-display"])
    assert pad["pin_pad"]
    assert pad["display"]


def test_a_card_says_each_option_with_its_default_and_an_example() -> None:
    [card] = offered.cards("esim")
    [mep] = [option for option in card["options"] if option["name"] == "mep"]
    assert (mep["allowed"], mep["default"], mep["example"]) == (
        "one of none, a1, a2, b",
        "none",
        "mep=b",
    )


def test_one_card_is_told_alone() -> None:
    assert [card["name"] for card in offered.cards("hello")] == ["hello"]
