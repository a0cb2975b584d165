from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from ifd_bridge.control.client import Control, ControlError
from ifd_bridge.trace import Event, events
from ifd_bridge.worlds.host import Host
from ifd_bridge.worlds.verbs import Status
from ifd_bridge.worlds.world import World
from readers.models import Model
from vcard.touch import Verdict


def test_readers_and_cards_are_listed(world: World) -> None:
    plain, pinpad, two = world.list()
    assert plain["slots"] == [{"slot": 0, "card": "hello", "inserted": True}]
    assert (pinpad["reader"], pinpad["keypad"]) == (1, True)
    assert pinpad["slots"] == [{"slot": 0, "card": None, "inserted": False}]
    assert [slot["inserted"] for slot in two["slots"]] == [True, False]


def test_the_same_card_comes_back_unless_another_is_named(world: World) -> None:
    tray = world.places[0].trays[0]
    card = tray.card
    world.eject()
    assert not tray.inserted
    world.insert()
    assert tray.card is card
    world.eject()
    world.insert("random")
    assert tray.card is not card
    assert tray.name == "random"


def test_a_swap_puts_the_other_card_in(world: World) -> None:
    world.swap("random")
    assert world.places[0].trays[0].name == "random"
    first = world.places[0].trays[0].card
    world.swap()
    assert world.places[0].trays[0].card is first


@pytest.mark.parametrize(
    ("verb", "arguments", "says"),
    [
        ("insert", {}, "a card in 'Virtual Reader' already: hello"),
        ("insert", {"reader": 1}, "no card yet"),
        ("insert", {"card": "nonsense", "reader": 1}, "no card is named 'nonsense'"),
        ("eject", {"reader": 1}, "there is no card"),
        ("eject", {"slot": 1}, r"slots 0\.\.0"),
        ("swap", {"card": "nonsense"}, "no card is named"),
        ("swap", {"reader": 1}, "there is no card"),
        ("eject", {"reader": "virtual"}, "which reader is 'virtual'"),
        ("eject", {"reader": 9}, "no reader is 9"),
        ("press", {"keys": ["X"]}, "'X' is no key"),
        ("press", {"keys": ["1"], "reader": 0}, "has no keypad"),
        ("touch", {}, "no card here has a button"),
        ("touch", {"reader": 0}, "no card with a button"),
    ],
)
def test_what_a_person_cannot_do_is_explained(
    world: World, verb: str, arguments: dict[str, object], says: str
) -> None:
    before = world.list()
    with Control(Path(world.environ["VCARD_CONTROL"])) as control:
        with pytest.raises(ControlError, match=says):
            control.do(verb, **arguments)
        assert control.do("list") == before


def test_readers_are_found_by_number_and_by_a_part_of_the_name(world: World) -> None:
    assert world.find(1) is world.find("1") is world.find("pin pad") is world.places[1]


def test_a_pin_is_typed_at_the_first_keypad(world: World) -> None:
    seen: list[Event] = []
    world.trace.add(seen.append)
    world.pin("1234")
    world.press(["CANCEL"], 1)
    world.trace.settle()
    assert all(not isinstance(event.what, events.KeyPressed) for event in seen)


def test_without_a_keypad_a_pin_cannot_be_typed(host: type[Host]) -> None:
    with World([("plain", None)], host=host) as world, pytest.raises(RuntimeError, match="pinpad"):
        world.pin("1234")


def test_a_card_is_touched_when_it_asks(host: type[Host]) -> None:
    cards: list[tuple[str | Model, str | None]] = [("plain", None), ("plain", "fido2?touch=press")]
    with World(cards, host=host) as world:
        seen: list[Event] = []
        world.trace.add(seen.append)
        place, button = world._with_button(1, 0)
        assert world.list()[1]["slots"][0]["touch"] is False
        with pytest.raises(RuntimeError, match="no touch was wanted within 0 s"):
            world.touch(wait=True, seconds=0)
        asks = threading.Timer(0, button.ask)
        asks.start()
        world.touch(wait=True)
        asks.join()
        assert place.state()["slots"][0]["touch"] is True
        assert button.verdict(0.0) is Verdict.TOUCHED
        world.touch(reader=1)
        button.ask()
        assert button.verdict(0.0) is Verdict.TOUCHED
        world.trace.settle()
    told = [event.what for event in seen if isinstance(event.what, events.TouchAsked)]
    assert [what.wanted for what in told] == [True, False, True, False]


def test_a_card_that_nobody_looks_at_asks_too(host: type[Host]) -> None:
    with World([("plain", "fido2")], host=host) as world:
        _, button = world._with_button(None, 0)
        button.ask()
        assert button.wanted


def test_a_world_tells_its_process_and_command() -> None:
    told = Status(["pcsc_scan", "-r"], None).told()
    assert told["pid"] == os.getpid()
    assert told["command"] == ["pcsc_scan", "-r"]
    assert 0 <= told["age"] < 60


def test_only_a_world_of_the_command_line_can_be_ended_from_outside() -> None:
    ended = []
    Status([], lambda: ended.append(True)).stop()
    assert ended == [True]
    with pytest.raises(RuntimeError, match="belongs to a program"):
        Status([], None).stop()
