"""Each thread of ours that fails is logged, and threads that wait for it are released."""

import os
import platform
import threading

import pytest

from ifd_bridge.system import threads
from tests.kits.bridge.slices import attributes
from tests.source import sources

END_S = 10
OWN = {"ifd_bridge/system/threads.py"}
"""The only module that makes threads."""


def test_work_is_done_in_a_thread_that_ends_with_the_process():
    found = []
    thread = threads.start("named", lambda: found.append(threading.current_thread()))
    thread.join(END_S)
    assert found == [thread]
    assert (thread.name, thread.daemon) == ("named", True)


@pytest.mark.parametrize("kind", [ZeroDivisionError, SystemExit, KeyboardInterrupt])
def test_a_failure_is_told_once_and_who_waits_is_let_go(kind, caplog):
    told = threading.Event()

    def work():
        raise kind("on purpose")

    threads.start("clumsy", work, told.set).join(END_S)
    assert told.is_set()
    assert caplog.text.count("the thread 'clumsy' has failed, which is a fault of vcard") == 1
    assert "on purpose" in caplog.text


def test_who_cannot_be_told_is_told_of(caplog):
    def work():
        raise ValueError("first")

    def failed():
        raise OSError("second")

    threads.start("clumsy", work, failed).join(END_S)
    assert "nor could those who wait for 'clumsy' be told" in caplog.text


def test_where_no_thread_can_be_had_who_waits_is_let_go_and_the_caller_told(monkeypatch):
    def start(_):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    told = threading.Event()
    with pytest.raises(RuntimeError, match="can't start"):
        threads.start("one too many", lambda: None, told.set)
    assert told.is_set()


def test_every_thread_of_ours_is_made_here():
    """So that none of them ends silently."""
    assert {str(module.path) for module in sources() if module.calls("Thread")} == OWN


def in_a_thread(work):
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def test_a_thread_gets_short_slices_and_nothing_else_is_changed():
    def ask():
        os.setpriority(os.PRIO_PROCESS, 0, 3)
        threads.take_short_slices()
        return attributes()

    before = attributes()
    policy, nice, time_slice = in_a_thread(ask)
    assert (policy, nice) == (os.SCHED_OTHER, 3)
    assert time_slice in (0, threads.SLICE_NS)  # 0 before Linux 6.12
    assert attributes() == before


def test_a_thread_of_another_policy_is_left_alone():
    def ask():
        os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
        before = attributes()
        threads.take_short_slices()
        return before, attributes()

    before, after = in_a_thread(ask)
    assert before == after


def test_a_machine_that_is_not_known_is_left_alone(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "pdp11")

    def ask():
        threads.take_short_slices()
        monkeypatch.undo()
        return attributes()

    assert in_a_thread(ask) == attributes()
