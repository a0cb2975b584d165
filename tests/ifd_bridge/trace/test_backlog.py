"""A backlog keeps the newest events for a slow reader, and has a bound."""

import threading

import pytest

from ifd_bridge.pcscd.reader_states import wait_until
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


def test_its_reader_is_woken_once_for_what_comes_together_and_again_after_a_silence():
    backlog, woken = Backlog(10), []
    backlog._wake.set = lambda: woken.append(1)
    batches = backlog.batches()
    backlog(IN)
    backlog(OUT)
    assert len(woken) == 1
    backlog._wake = threading.Event()
    backlog._wake.set()
    assert next(batches) == [IN, OUT]
    reading = threading.Thread(target=lambda: woken.append(next(batches)))
    reading.start()
    assert wait_until(lambda: backlog._quiet)
    backlog(IN)
    reading.join(10)
    assert woken[1:] == [[IN]]


def test_what_comes_between_the_last_look_and_the_silence_is_not_forgotten():
    backlog, came, once = Backlog(10), [], []
    genuine = backlog._taken

    def taken():
        batch = genuine()
        if not batch and not once:
            once.append(1)
            backlog(OUT)  # no wake-up: the reader is not known to be quiet yet
        return batch

    backlog._taken = taken
    backlog(IN)
    batches = backlog.batches()
    reading = threading.Thread(target=lambda: came.extend((next(batches), next(batches))))
    reading.start()
    reading.join(10)
    backlog.close()
    assert came == [[IN], [OUT]]
