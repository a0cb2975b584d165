"""A backlog keeps the newest events for whoever takes them, and has an end."""

import threading

import pytest

from ifd_bridge.trace.backlog import Backlog
from ifd_bridge.trace.events import CardEjected, CardInserted, Event, Lost

IN, OUT = Event(1.0, "R", CardInserted(0)), Event(1.0, "R", CardEjected(0))


def test_what_waits_comes_together():
    backlog = Backlog(10)
    backlog(IN)
    backlog(OUT)
    assert next(backlog.batches()) == [IN, OUT]


def test_of_too_many_the_newest_stay_and_the_others_are_counted():
    backlog = Backlog(2)
    for event in (IN, IN, IN, OUT):
        backlog(event)
    batches = backlog.batches()
    assert next(batches) == [Event(1.0, "", Lost(0, 2)), IN, OUT]
    backlog(IN)
    assert next(batches) == [IN]


def test_only_some_kinds_are_kept():
    backlog = Backlog(10, {CardEjected})
    backlog(IN)
    backlog(OUT)
    assert next(backlog.batches()) == [OUT]


def test_it_ends_with_what_waits():
    backlog = Backlog(10)
    backlog(IN)
    backlog.close()
    assert list(backlog.batches()) == [[IN]]
    assert list(backlog.batches()) == []
    with pytest.raises(BrokenPipeError):
        backlog(IN)


def test_a_reader_that_waits_is_woken():
    backlog, came = Backlog(50), []
    reading = threading.Thread(target=lambda: came.extend(backlog.batches()))
    reading.start()
    for _ in range(50):
        backlog(IN)
    backlog.close()
    reading.join(10)
    assert sum(map(len, came)) == 50
