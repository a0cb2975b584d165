from __future__ import annotations

from ifd_bridge.trace.events import CardInserted, Event, Stream


def test_a_stream_is_false_while_nobody_listens() -> None:
    stream = Stream()
    assert not stream
    seen: list[Event] = []
    stream.add(seen.append)
    assert stream
    stream.remove(seen.append)
    stream.remove(seen.append)


def test_every_tap_sees_every_event() -> None:
    stream = Stream(clock=lambda: 42.0)
    first: list[Event] = []
    second: list[Event] = []
    one, two = first.append, second.append
    stream.add(one)
    stream.add(two)
    event = CardInserted(stream.now(), "Reader", 0)
    stream(event)
    stream.remove(one)
    stream(event)
    assert event.at == 42.0
    assert (len(first), len(second)) == (1, 2)


def test_a_tap_that_raises_is_dropped_and_the_others_are_not() -> None:
    stream = Stream()
    seen: list[Event] = []

    def broken(event: Event) -> None:
        raise BrokenPipeError

    stream.add(broken)
    stream.add(seen.append)
    for _ in range(2):
        stream(CardInserted(0, "Reader", 0))
    assert len(seen) == 2


def test_switches_are_turned_by_the_first_and_the_last_tap() -> None:
    stream = Stream()
    turned: list[bool] = []
    stream.switches.append(turned.append)
    one, two = [].append, [].append  # type: ignore[var-annotated]
    stream.add(one)
    stream.add(two)
    stream.remove(one)
    stream.remove(one)
    stream.remove(two)
    assert turned == [True, False]
