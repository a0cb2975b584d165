from __future__ import annotations

import pytest

from ifd_bridge.pcscd.name_filter import NameFilter
from ifd_bridge.worlds.addresses import plain
from ifd_bridge.worlds.world import World


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
