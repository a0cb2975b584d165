"""Events reach every tap, in batches, from a thread of the stream's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ifd_bridge.ifdh.api import Code, Function
from ifd_bridge.pcscd.reader_states import wait_until
from ifd_bridge.trace import Event, Stream, stream
from ifd_bridge.trace.events import (
    Answered,
    Called,
    CardEjected,
    CardInserted,
    CommandSent,
    Lost,
    ResponseReceived,
)

VERIFY = bytes.fromhex("0020000004") + b"1234"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stream]:
    """A stream that shows nothing by itself for a minute."""
    monkeypatch.setattr(stream, "BATCH_S", 60.0)
    made = Stream(clock=lambda: 42.0)
    yield made
    made.close()


def test_a_stream_is_off_while_nobody_listens(made: Stream) -> None:
    assert not made.on
    seen: list[Event] = []
    made.add(seen.append)
    assert made.on
    made.remove(seen.append)
    made.remove(seen.append)
    assert not made.on


def test_every_tap_sees_what_is_said_while_it_is_there(made: Stream) -> None:
    first: list[Event] = []
    second: list[Event] = []
    made.add(first.append)
    made.say("R", CardInserted(0))
    made.add(second.append)
    made.say("R", CardEjected(0))
    made.remove(first.append)
    made.say("R", CardInserted(0))
    assert made.settle() == 1
    assert first == [Event(42.0, "R", CardInserted(0)), Event(42.0, "R", CardEjected(0))]
    assert second == [Event(42.0, "R", CardEjected(0)), Event(42.0, "R", CardInserted(0))]


def test_events_are_shown_by_themselves() -> None:
    made, came = Stream(), threading.Event()
    made.add(lambda _: came.set())
    for _ in range(3):
        came.clear()
        made.say("R", CardInserted(0))
        assert came.wait(10)
    made.close()


def test_pins_are_hidden_once_for_all_who_may_not_see_them(made: Stream) -> None:
    open_, one, two = [], [], []  # type: ignore[var-annotated]  # lists of events
    made.add(open_.append, pins=True)
    made.add(one.append)
    made.add(two.append)
    made.say("R", CommandSent(0, VERIFY))
    made.settle()
    assert open_[0].what.command == VERIFY
    assert one[0].what.command == VERIFY[:5] + b"****"
    assert one[0] is two[0]


def test_an_answer_knows_how_long_it_took() -> None:
    clock = iter([10.0, 10.5, 11.0, 13.0, 14.0])
    made = Stream(clock=lambda: next(clock))
    seen: list[Event] = []
    made.add(seen.append)
    made.say("R", Called(0, Function.CONTROL, 0))
    made.say("R", CommandSent(0, b"\0"))
    made.say("R", ResponseReceived(0, b"\0", b"\x90\0"))
    made.say("R", Answered(0, Function.CONTROL, 0, Code.SUCCESS, b""))
    made.say("R", ResponseReceived(0, b"\0", b"\x90\0"))
    made.close()
    assert [event.seconds for event in seen] == [None, None, 0.5, 3.0, 0.0]


@pytest.mark.parametrize("kind", [BrokenPipeError, SystemExit])
def test_a_tap_that_raises_is_dropped_and_the_others_are_not(
    made: Stream, kind: type[BaseException]
) -> None:
    seen: list[Event] = []

    def broken(event: Event) -> None:
        raise kind

    made.add(broken)
    made.add(seen.append)
    for _ in range(2):
        made.say("R", CardInserted(0))
    made.settle()
    assert len(seen) == 2


def test_switches_are_turned_by_the_first_and_the_last_tap(made: Stream) -> None:
    turned: list[bool] = []
    made.switches.append(turned.append)
    one, two = [].append, [].append  # type: ignore[var-annotated]  # lists of events
    made.add(one)
    made.add(two)
    made.remove(one)
    made.remove(one)
    made.remove(two)
    assert turned == [True, False]


def test_inside_a_tap_nothing_is_shown_twice(made: Stream) -> None:
    seen: list[Event] = []

    def eager(event: Event) -> None:
        made.settle()
        seen.append(event)
        made.remove(eager)

    made.add(eager)
    made.say("R", CardInserted(0))
    made.say("R", CardInserted(0))
    made.settle()
    assert len(seen) == 1


def test_who_says_too_much_helps_to_show_it(made: Stream, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST", 10)
    seen: list[Event] = []
    made.add(seen.append)
    for _ in range(25):
        made.say("R", CardInserted(0))
    assert len(seen) == 20
    made.settle()
    assert len(seen) == 25


def test_a_stuck_tap_stops_nobody_and_what_is_lost_is_told(
    made: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "MOST", 3)
    monkeypatch.setattr(stream, "ROOM_S", 0.01)
    go, stuck = threading.Event(), threading.Event()
    seen: list[Event] = []

    def tap(event: Event) -> None:
        stuck.set()
        go.wait(10)
        seen.append(event)

    made.add(tap)
    made.say("R", CardInserted(0))
    helper = threading.Thread(target=made.settle)
    helper.start()
    assert stuck.wait(10)
    for _ in range(5):
        made.say("R", CardInserted(0))
    go.set()
    helper.join(10)
    made.say("R", CardEjected(0))
    made.settle()
    assert [event.what for event in seen if isinstance(event.what, Lost)] == [Lost(0, 2)]
    assert seen[-1].what == CardEjected(0)
    assert len(seen) == 1 + 3 + 1 + 1


def test_an_event_that_cannot_be_masked_is_shown_to_nobody_and_told(monkeypatch, caplog):
    """A fault in what hides secrets stops neither the stream nor the card that speaks."""
    stream, seen = Stream(), []
    stream.add(seen.append)

    def fail(_event):
        raise ZeroDivisionError("a fault of ours")

    stream._masker = fail
    stream.say("R", CardInserted(0))
    stream.settle()
    assert "an event cannot be shown: CardInserted" in caplog.text
    del stream._masker
    stream.say("R", CardInserted(0))
    stream.settle()
    assert [event.what for event in seen] == [CardInserted(0), Lost(0, 1)]


def test_who_says_something_after_a_silence_is_heard_and_the_end_ends_the_thread() -> None:
    """The thread that shows events waits for the next one, and ends with the last tap."""
    before, made, came = set(threading.enumerate()), Stream(), threading.Event()
    tap = lambda _: came.set()  # noqa: E731 - removed by its name
    made.add(tap)
    for _ in range(2):
        came.clear()
        made.say("R", CardInserted(0))
        assert came.wait(10)
        assert wait_until(lambda: made._quiet)
    [thread] = set(threading.enumerate()) - before
    made.remove(tap)
    thread.join(10)
    assert not thread.is_alive()
    made.close()
