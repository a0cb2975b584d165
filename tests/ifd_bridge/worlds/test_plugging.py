from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ifd_bridge.pcscd.reader_states import NameFilter
from ifd_bridge.trace import Event, Stream, events
from ifd_bridge.worlds.host import Host
from ifd_bridge.worlds.plugging import MOST_DEVICES, Layout, plain
from ifd_bridge.worlds.world import World
from readers import CcidReader, models
from readers.ccid.codes import IccStatus
from readers.events import PoweredDown
from tests.kits.alive import alive
from vcard.doubles import ScriptedCard


def test_a_reader_can_be_pulled_out(world: World) -> None:
    seen: list[Event] = []
    world.trace.add(seen.append)
    world.unplug("pin")
    assert [reader["plugged"] for reader in world.list()] == [True, False, True]
    world.plug("pin")
    world.trace.settle()
    assert [event.what for event in seen] == [events.Unplugged(0), events.Plugged(0)]
    assert world._running.moves == ["unplug 1", "plug 1"]  # type: ignore[union-attr]


def test_a_reader_that_is_pulled_out_loses_its_supply(world: World) -> None:
    reader = world.find("pin").reader
    told: list[object] = []
    reader.insert(ScriptedCard())
    reader.handle(bytes.fromhex("62000000000001000000"), 0.0)
    assert reader.slots[0].state is IccStatus.ACTIVE
    reader.tap = told.append
    world.unplug("pin")
    assert reader.slots[0].state is IccStatus.INACTIVE
    assert told == [PoweredDown(0)]
    reader.eject()


def test_before_it_is_entered_nothing_can_be_pulled_out() -> None:
    with pytest.raises(RuntimeError, match="not been entered"):
        World([("plain", None)]).unplug()


def there(world: World) -> list[tuple[int, str, Any]]:
    return [(one["reader"], one["name"], one["slots"][0]["card"]) for one in world.list()]


def test_a_reader_is_added_with_its_cards_and_a_number_and_name_of_its_own(world: World) -> None:
    seen: list[Event] = []
    world.trace.add(seen.append)
    assert world.add("two-slot", ["hello", "random"]) == [3]
    assert world.add(cards=["pin-dump"]) == [4]
    assert there(world)[3:] == [
        (3, "Virtual Two-Slot Reader 03", "hello"),
        (4, "Virtual Reader 04", "pin-dump"),
    ]
    assert all(tray.inserted for tray in world.find(3).trays)
    assert all(place.plugged for place in world.places)
    assert world._running.moves == ["add 1", "plug 3", "add 1", "plug 4"]  # type: ignore[union-attr]
    world.trace.settle()
    plugged = [event.reader for event in seen if isinstance(event.what, events.Plugged)]
    assert plugged == ["Virtual Two-Slot Reader 03", "Virtual Reader 04"]
    assert world.models["Virtual Reader 04"] is models.PLAIN


def test_a_token_brings_the_reader_that_it_is(world: World) -> None:
    world.add(cards=["yubikey"])
    assert there(world)[-1] == (3, models.MODELS["yubikey"].name, "yubikey")


def test_a_removed_reader_has_gone_for_good_and_its_number_is_not_used_again(world: World) -> None:
    gone = world.find("pin")
    seen: list[Event] = []
    world.trace.add(seen.append)
    world.remove("pin")
    assert [number for number, _, _ in there(world)] == [0, 2]
    assert world._running.moves == ["unplug 1", "remove 1"]  # type: ignore[union-attr]
    world.trace.settle()
    assert [event.what for event in seen] == [events.Unplugged(0)]
    assert not gone.plugged
    assert world.add("pinpad") == [3]
    with pytest.raises(ValueError, match="no reader is 1"):
        world.plug(1)


def test_a_removed_reader_leaves_no_card_behind(world: World) -> None:
    place = world.find(0)
    world.remove(0)
    assert place.reader.slots[0].card is None
    assert not place.trays[0].inserted


def test_an_unplugged_reader_is_removed_without_being_unplugged_again(world: World) -> None:
    world.unplug(1)
    world.remove(1)
    assert world._running.moves == ["unplug 1", "remove 1"]  # type: ignore[union-attr]


def silent(world: World, number: int) -> bool:
    """Whether a reader answers nothing."""
    reader = world.find(number).reader
    reader.bulk_in.clear()
    reader.handle(bytes.fromhex("65000000000001000000"), 0.0)
    return not reader.bulk_in


def test_a_reader_can_be_broken_and_mended_while_it_is_there(world: World) -> None:
    with pytest.raises(ValueError, match="which reader"):
        world.fault(["reader:silent"])
    world.fault(["reader:silent"], "pin")
    assert [silent(world, number) for number in (0, 1)] == [False, True]
    assert [one["faults"] for one in world.list()] == [[], ["reader:silent"], []]
    world.fault([], 1)
    assert not silent(world, 1)
    assert [one["faults"] for one in world.list()] == [[], [], []]


def test_a_fault_that_is_none_changes_nothing(world: World) -> None:
    world.fault(["reader:silent"], 1)
    for wrong in ("reader:explode", "ins=20:explode", "block=3:mute"):
        with pytest.raises(ValueError, match="the fault"):
            world.fault([wrong], 1)
    assert silent(world, 1)
    assert world.list()[1]["faults"] == ["reader:silent"]


def test_a_cards_fault_counts_from_the_next_time_that_it_is_put_in(world: World) -> None:
    select = bytes.fromhex("00A404000AA00000006203010C0601")

    def answer() -> bytes | None:
        card = world.find(0).reader.slots[0].card
        assert card is not None
        card.power_up()
        return card.exchange(select)

    world.fault(["ins=A4:status=6F00"], 0)
    assert answer() == b"\x90\x00"
    for faults, expected in ((["ins=A4:status=6F00"], b"\x6f\x00"), ([], b"\x90\x00")):
        world.fault(faults, 0)
        world.swap(None, 0)
        assert answer() == expected


def test_an_added_reader_has_faults_of_its_own_or_those_of_the_world(world: World) -> None:
    world.add("plain", ["hello"], faults=["reader:silent"])
    assert silent(world, 3)
    world.break_by(["reader,nth=1:error"])
    world.add("plain", ["hello"])
    world.add("plain", ["hello"], faults=[])
    assert [one["faults"] for one in world.list()[3:]] == [
        ["reader,nth=1:error"], ["reader,nth=1:error"], [],
    ]  # fmt: skip
    with pytest.raises(ValueError, match="the fault"):
        world.add("plain", ["hello"], faults=["usb:silent"])
    assert [one["reader"] for one in world.list()] == [0, 1, 2, 3, 4, 5]


def test_nothing_holds_on_to_a_reader_that_was_removed(world: World) -> None:
    world.trace.add(lambda event: None)

    def mine(reader: CcidReader) -> bool:
        return reader.model.name == "Mine"

    for _ in range(2):
        [number] = world.add("plain?name=Mine", ["hello"])
        assert alive(CcidReader, mine) == 1
        world.remove(number)
        assert alive(CcidReader, mine) == 0
    assert len(world.models) == 3
    assert len(world.trace.switches) == 3


def test_a_name_in_the_trace_is_one_readers_for_good(world: World) -> None:
    world.remove("pin")
    world.add("pinpad")
    assert there(world)[-1][1] == "Virtual PIN Pad 03"


def test_addresses_go_round_as_a_host_assigns_them(world: World) -> None:
    assert [place.address for place in world.places] == [1, 2, 3]
    world.remove(1)
    world._last_address = MOST_DEVICES - 1
    taken = [world.find(number).address for [number] in (world.add("plain") for _ in range(3))]
    assert taken == [127, 2, 4]


def test_only_the_only_reader_need_not_be_named(world: World) -> None:
    with pytest.raises(ValueError, match="which reader\\? There are 0 'Virtual Reader', 1"):
        world.remove()
    world.remove(0)
    world.remove(1)
    world.remove()
    assert there(world) == []
    with pytest.raises(ValueError, match="which reader\\? There are none"):
        world.remove()
    assert world.add("plain", ["hello"]) == [3]


@pytest.mark.parametrize(
    ("reader", "cards", "says"),
    [
        ("nope", [], "no reader model is named 'nope'"),
        ("plain", ["nope"], "no card is named 'nope'"),
        ("plain", ["hello", "hello"], r"slots 0\.\.0, not 1"),
        ("plain?colour=red", [], "no option 'colour'"),
        ("yubikey", [], "is built in: name it, by --card"),
    ],
)
def test_what_cannot_be_added_is_told_and_changes_nothing(
    world: World, reader: str, cards: list[str], says: str
) -> None:
    before = there(world)
    with pytest.raises(ValueError, match=says):
        world.add(reader, cards)
    assert there(world) == before
    assert world._running.moves == []  # type: ignore[union-attr]


def test_another_interface_of_a_device_that_is_there_is_not_added(host: type[Host]) -> None:
    first = replace(models.PLAIN, name="A", interface_number=0)
    second = replace(first, name="B", interface_number=1)
    world = World([(first, None)], host=host)
    with world, pytest.raises(ValueError, match="'B' is another interface of 'A'"):
        world._address(world._layout.places([(second, None)], 1))


def test_a_reader_that_pcscd_does_not_find_has_gone_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(number: int) -> None:
        raise TimeoutError("pcscd has not found it")

    monkeypatch.setattr(world._running, "plug", late)
    with pytest.raises(TimeoutError, match="not found"):
        world.add("pinpad", ["hello"])
    assert len(world.places) == 3


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0/1", "0"),
        ("X 01 00 00", "X 01"),
        ("X", "X"),
        ("1", "1"),
        ("X 01", "X 01"),
        ("a/b", "a/b"),
    ],
)
def test_what_programs_print_is_an_address(text: str, meant: str) -> None:
    assert plain(text) == meant


def test_what_pcscd_adds_to_names_is_no_part_of_an_address() -> None:
    desk = NameFilter(added=" at desk")
    assert plain("X at desk 01 00", desk) == "X"
    assert plain("X 01 00", desk) == "X"
    assert plain("X at desk", desk) == "X at desk"


def test_an_exact_name_wins_over_the_beginning_of_another() -> None:
    world = World([("plain?name=X 01", None), ("plain?name=X", None)])
    assert world.find("X").number == 1
    assert world.find("X 00 00").number == 1
    assert world.find("x 01").number == 0
    assert world.find("1/0").number == 1
    with pytest.raises(ValueError, match="which reader is 'x'"):
        world.find("x")


def test_readers_are_numbered_on_with_the_cards_named_in_their_trays() -> None:
    made = Layout(Stream()).places([("plain", "hello"), (models.TWO_SLOT, ["", "random"])], 3)
    assert [place.number for place in made] == [3, 4]
    assert made[0].trays[0].name == "hello"
    assert [tray.name for tray in made[1].trays] == ["", "random"]
    assert not any(tray.inserted for place in made for tray in place.trays)


@pytest.mark.parametrize(
    "reader",
    [
        "security-key",
        "plain?interface_protocol=2&endpoints=",
        "plain?descriptor.dwFeatures=0x40800",
    ],
)
def test_a_reader_whose_card_is_built_in_needs_one(reader: str) -> None:
    with pytest.raises(ValueError, match="is built in: name it, by --card"):
        Layout(Stream()).places([(reader, None)])
