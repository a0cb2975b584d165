from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from ifd_bridge.cards import schemes
from ifd_bridge.cards.attachment import Slots
from ifd_bridge.trace import Event, events
from ifd_bridge.worlds.description import WorldDescription
from ifd_bridge.worlds.host import Host
from ifd_bridge.worlds.world import World, described, private
from tests.kits.pcsc.program import ask
from vcard import Card


def test_the_environment_names_pcscd_and_the_control_socket(world: World, tmp_path: Path) -> None:
    assert world.environ == {
        "PCSCLITE_CSOCK_NAME": "nowhere",
        "VCARD_CONTROL": str(tmp_path / "control"),
    }


def test_what_pcscd_said_can_be_asked(world: World) -> None:
    assert world.log == "what it said"
    assert World([("plain", None)]).log == ""


def test_a_driver_must_be_known() -> None:
    with pytest.raises(ValueError, match="there are bridge, libccid"):
        private("nonsense")


def test_what_a_card_does_is_in_the_trace(world: World) -> None:
    seen: list[Event] = []
    tap = seen.append
    world.trace.add(tap)
    reader = world.places[0].reader
    reader.handle(bytes.fromhex("62000000000000000000"), 0)
    reader.handle(bytes.fromhex("6F040000000001000000") + bytes(4), 0)
    world.trace.settle()
    kinds = [type(event.what) for event in seen]
    assert kinds.count(events.MessageOut) == kinds.count(events.MessageIn) == 2
    assert events.PoweredUp in kinds
    assert kinds.index(events.CommandSent) < kinds.index(events.ResponseReceived)
    world.trace.remove(tap)
    assert reader.tap is None


def test_a_card_that_brings_itself_is_attached(
    host: type[Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    log: list[str] = []

    class Foreign:
        def attach(self, reader: Slots, slot: int = 0) -> None:
            log.append(f"attached to {slot}")

        def close(self) -> None:
            log.append("closed")

    monkeypatch.setitem(schemes.SCHEMES, "foreign", lambda rest, options: Foreign())
    with World([("plain", "foreign:x")], host=host) as world:
        world.eject()
        world.insert()
    assert log == ["attached to 0", "closed", "attached to 0", "closed"]


def test_a_card_that_is_locked_in_does_not_keep_a_world_from_ending(host: type[Host]) -> None:
    with World([("plain", "hello")], host=host) as world:
        world.places[0].reader.slots[0].locked = True


@pytest.mark.parametrize("reader", [("nonsense", None), ("plain", "nonsense")])
def test_wrong_names_are_refused_before_anything_starts(reader: tuple[str, str | None]) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        World([reader])


def test_a_world_that_cannot_start_lets_its_cards_go(host: type[Host]) -> None:
    class Broken(host):  # type: ignore[misc, valid-type]
        def __enter__(self) -> None:
            raise OSError("no")

    world = World([("plain", "hello")], host=Broken)
    with pytest.raises(OSError, match="no"), world:
        pass
    assert not world.places[0].trays[0].inserted


@pytest.mark.pcsc
def test_a_private_pcscd_is_the_default_host() -> None:
    with contextlib.ExitStack() as stack:
        worlds = [stack.enter_context(World([("plain", "hello")])) for _ in range(2)]
        sockets = {world.environ["PCSCLITE_CSOCK_NAME"] for world in worlds}
        assert len(sockets) == 2
        assert all(Path(path).is_socket() for path in sockets)


def test_the_card_itself_is_what_is_kept() -> None:
    assert isinstance(World([("plain", "hello")]).places[0].trays[0].card, Card)


def test_a_token_has_a_card_and_keeps_it() -> None:
    with pytest.raises(ValueError, match="is built in: name it"):
        World([("yubikey", None)])
    world = World([("yubikey", "yubikey")])
    world.places[0].insert_all()
    with pytest.raises(RuntimeError, match="unplug"):
        world.eject()
    with pytest.raises(RuntimeError, match="unplug"):
        world.swap()


SLOTS = """
for name in names:
    settle(name, SCARD_STATE_PRESENT)
say(names)
"""


@pytest.mark.pcsc
def test_a_world_has_what_its_file_says(tmp_path: Path) -> None:
    trace, record = tmp_path / "trace.txt", tmp_path / "record.txt"
    text = f"""
        trace = "{trace}"
        record = "{record}"
        faults = ["ins=20:mute", "reader,nth=99:silent"]
        [[reader]]
        model = "two-slot"
        cards = ["hello", "random"]
    """
    about = WorldDescription.parse(text)
    readers = [(one.model, one.cards) for one in about.readers]
    with described(about, lambda wrappers: World(readers, wrappers=wrappers)) as (world, _):
        [names] = ask(world.environ, SLOTS)
        assert len(names) == 2
        assert world.places[0].reader.faults is not None
    assert "IFDHPowerICC" in trace.read_text()
    assert record.read_text().startswith("# vcard recording 1")
    assert (tmp_path / "record.0-1.txt").exists()
