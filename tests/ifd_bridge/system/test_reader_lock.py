import threading

import pytest

from ifd_bridge.system import reader_lock
from ifd_bridge.system.reader_lock import ReaderLock

END = 10.0


class Diary(ReaderLock):
    """Records its calls, and whether the lock was held."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def note(self, line):
        self.lines.append((line, self._lock._is_owned()))

    def _settle(self):
        self.note("settle")

    def _leave(self):
        self.note("leave")

    def _come_back(self):
        self.note("back")


def test_the_outermost_exit_settles_and_an_inner_one_does_not():
    lock = Diary()
    with lock, lock:
        assert lock.lines == []
    assert lock.lines == [("settle", True)]


def test_a_card_computes_while_the_reader_is_free_for_another_thread():
    lock = Diary()

    def input_of_another():
        with lock:
            lock.note("other")

    def work():
        lock.note("works")
        other = threading.Thread(target=input_of_another)
        other.start()
        other.join(END)
        return "done"

    with lock, lock:  # as deep as it was, it is taken again
        assert lock.unlocked(work) == "done"
        lock.note("after")
    assert lock.lines == [
        ("settle", True),
        ("leave", True),
        ("works", False),
        ("other", True),
        ("settle", True),
        ("back", True),
        ("after", True),
        ("settle", True),
    ]


def test_a_card_that_raises_gives_the_reader_back():
    lock = Diary()
    with lock:
        with pytest.raises(ZeroDivisionError):
            lock.unlocked(lambda: 1 // 0)
        lock.note("after")
    assert lock.lines[-2:] == [("after", True), ("settle", True)]


def test_the_lock_is_let_go_though_settling_fails():
    with pytest.raises(NotImplementedError), ReaderLock() as lock:
        pass
    taken = []
    thread = threading.Thread(target=lambda: taken.append(lock._acquire(timeout=END)))
    thread.start()
    thread.join(END)
    assert taken == [True]


def test_a_reader_held_for_ever_is_an_error_and_not_a_hang(monkeypatch):
    monkeypatch.setattr(reader_lock, "LOCK_TIMEOUT_S", 0.01)
    lock, faults = Diary(), []

    def wait():
        try:
            lock.__enter__()
        except RuntimeError as fault:
            faults.append(str(fault))

    with lock:
        thread = threading.Thread(target=wait)
        thread.start()
        thread.join(END)
    assert faults == ["the reader has been held for 0 s"]


def test_what_is_for_afterwards_is_done_once_when_the_reader_is_free():
    lock = Diary()
    with lock:
        with lock:
            lock._afterwards.append(lambda: lock.note("afterwards"))
        assert lock.lines == []
    assert lock.lines == [("settle", True), ("afterwards", False)]
    with lock:
        pass
    assert lock.lines[2:] == [("settle", True)]
