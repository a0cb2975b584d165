from typing import get_type_hints

from readers import CcidReader, models
from readers.context import Context, Guard


def test_a_reader_is_the_context_of_its_parts():
    reader = CcidReader(models.PINPAD)
    assert all(hasattr(reader, name) for name in get_type_hints(Context))
    assert callable(reader.tell)


def test_what_is_told_reaches_the_tap_and_nobody_where_there_is_none():
    reader = CcidReader(models.PINPAD)
    reader.tell("lost")
    told = []
    reader.tap = told.append
    reader.tell("kept")
    assert told == ["kept"]


def test_no_guard_lets_everything_through():
    with Guard() as guard:
        guard.await_look(0)
        assert guard.unlocked(lambda: 7) == 7
