from __future__ import annotations

import pytest

from ifd_bridge.pcscd.name_filter import EXTEND, IGNORE, MAX_NAME, NameFilter


def test_without_a_filter_names_are_what_they_are() -> None:
    none = NameFilter.of({})
    assert none == NameFilter()
    assert not none.hides("Reader")
    assert (none.shown("Reader"), none.own("Reader")) == ("Reader", "Reader")


def test_readers_are_hidden_by_any_part_of_their_names() -> None:
    names = NameFilter.of({IGNORE: "Pad::Twin"})
    assert [names.hides(name) for name in ("My Pad 2", "GemPC Twin", "pad", "")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert not NameFilter.of({IGNORE: ":"}).hides("Reader")


def test_an_extension_stands_behind_every_name() -> None:
    names = NameFilter.of({EXTEND: " at desk"})
    assert names.shown("Reader") == "Reader at desk"
    assert (names.own("Reader at desk"), names.own("Reader")) == ("Reader", "Reader")


def test_a_name_that_pcscd_would_refuse_is_told_with_the_cause() -> None:
    names = NameFilter.of({EXTEND: "é" * 60})
    assert len(names.shown("R").encode()) == MAX_NAME
    with pytest.raises(ValueError, match=f"{EXTEND} makes the name of 'RR' longer than 121 bytes"):
        names.shown("RR")
