"""A happening is a reader's report; an event adds time and place."""

from __future__ import annotations

from ifd_bridge.trace import events
from readers import events as told


def test_what_a_reader_tells_is_what_an_event_carries() -> None:
    what = told.CardInserted(1)
    event = events.Event(2.0, "R", what)
    assert event.what is what
    assert event == events.Event(2.0, "R", told.CardInserted(1))


def test_every_kind_is_known_by_its_name() -> None:
    readers = {name for name, kind in vars(told).items() if kind in events.KINDS.values()}
    assert readers == {
        name
        for name, kind in vars(told).items()
        if isinstance(kind, type)
        and issubclass(kind, told.ReaderEvent)
        and kind is not told.ReaderEvent
    }
    assert events.KINDS.keys() - readers == {
        "Called", "Answered", "FaultStruck", "HostChanged", "TouchAsked", "Plugged", "Unplugged",
        "Lost",
    }  # fmt: skip


def test_an_event_is_the_same_with_and_without_its_encoded_form() -> None:
    plain, encoded = (
        events.Event(0.0, "R", told.CardInserted(0), encoded=raw) for raw in (b"", b"x")
    )
    assert plain == encoded
    assert "encoded" not in repr(encoded)
