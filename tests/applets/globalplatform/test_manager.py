from __future__ import annotations

import pytest

from applets.globalplatform.manager import length_values
from applets.hello import Hello
from tests.applets.globalplatform.conftest import INSTANCE, Desk, make_desk
from vcard import SW, Memory

FCI = "6F108408A000000151000000A5049F6501FF"


@pytest.mark.parametrize("name", ["", "A000000151000000", "A000000003000000", "A00000015100"])
def test_the_domain_answers_to_its_names_and_to_none(desk: Desk, name: str) -> None:
    assert desk.select(bytes.fromhex(name)) == FCI + "9000"


def test_a_locked_card_says_so_and_has_its_domain_alone(desk: Desk) -> None:
    assert desk.send("80F0807F") == "9000"
    assert desk.select() == FCI + "6283"
    assert desk.select(Hello.aid) == "6A82"
    desk.select()
    desk.host.open()
    assert desk.send("80F0800F") == "9000"
    assert desk.select(Hello.aid) == "9000"


def test_a_terminated_card_has_get_data_alone(desk: Desk) -> None:
    assert desk.send("80F080FF") == "9000"
    assert desk.plain("80CA9F7F00").startswith("9F7F2A")
    assert desk.plain("8050000008000102030405060700") == "6985"
    assert desk.select(Hello.aid) == "6A82"


def test_an_application_that_was_made_is_there_again_with_the_cards_memory(desk: Desk) -> None:
    desk.load()
    desk.install()
    again = make_desk(memory=desk.card.memory)
    assert again.select(INSTANCE) == "9000"
    assert len(again.card.applets) == 4
    again.card.power_up()
    assert len(again.card.applets) == 4


def test_what_may_no_longer_be_loaded_stays_away(desk: Desk) -> None:
    desk.load()
    desk.install()
    again = make_desk(memory=desk.card.memory, loadable={})
    assert again.select(INSTANCE) == "6A82"


def test_an_application_whose_entry_was_lost_is_taken_off(desk: Desk) -> None:
    desk.load()
    desk.install()
    desk.isd.registry.forget(INSTANCE)
    desk.card.power_up()
    assert len(desk.card.applets) == 3


def test_each_application_has_a_memory_of_its_own() -> None:
    memory = Memory()
    desk = make_desk(memory=memory)
    desk.open()
    desk.load()
    desk.install()
    desk.install(INSTANCE + b"\2")
    first, second = desk.card.applets[-2:]
    first.memory["x"] = 1
    assert "x" not in second.memory


@pytest.mark.parametrize("text", ["", "02", "0201", "01AA", "01AA0001", "01AA020101BB"])
def test_fields_with_lengths_must_fill_the_data(text: str) -> None:
    with pytest.raises(SW, match="6A80"):
        length_values(bytes.fromhex(text), 2)


def test_fields_follow_their_lengths() -> None:
    assert length_values(bytes.fromhex("02AABB0001CC"), 3) == [b"\xaa\xbb", b"", b"\xcc"]
