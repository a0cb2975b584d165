import threading

import pytest

from ifd_bridge.faces.bus_function import MOST_REPORTS, BusFunction
from ifd_bridge.pcscd.reader_states import wait_until

END = 10.0


class Function:
    """Gives each report back; `late` more when its deadline has come."""

    def __init__(self):
        self.deadline = None
        self.powered = threading.Event()
        self.gate = threading.Event()
        self.gate.set()
        self.began = threading.Event()

    def power_up(self, now):
        self.powered.set()

    def receive(self, report, now):
        self.began.set()
        self.gate.wait(END)
        if report == b"wait":
            self.deadline = now
            return []
        return [report]

    def tick(self, now):
        self.deadline = None
        return [b"late"]


class Sink:
    def __init__(self):
        self.reports, self.changed = [], threading.Condition()

    def __call__(self, reports):
        with self.changed:
            self.reports += reports
            self.changed.notify_all()

    def wait(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.reports) >= count, END)
        return self.reports


@pytest.fixture
def bus():
    function, sink = Function(), Sink()
    made = BusFunction(function, sink)
    yield made, function, sink
    made.close()


def test_reports_are_answered_by_a_thread(bus):
    made, _, sink = bus
    assert made.receive(b"one", 0.0) == made.tick(0.0) == []
    made.receive(b"two", 0.0)
    assert sink.wait(2) == [b"one", b"two"]


def test_the_thread_looks_when_the_deadline_has_come(bus):
    made, _, sink = bus
    made.receive(b"wait", 0.0)
    assert sink.wait(1) == [b"late"]


def test_what_came_before_a_power_up_is_not_answered(bus):
    made, function, sink = bus
    function.gate.clear()
    made.receive(b"being worked on", 0.0)
    assert function.began.wait(END)
    made.receive(b"waits", 0.0)
    made.power_up(0.0)
    function.gate.set()
    made.receive(b"after", 0.0)
    assert function.powered.wait(END)
    assert sink.wait(1) == [b"after"]


def test_a_host_that_sends_without_end_loses_reports(bus):
    made, function, sink = bus
    function.gate.clear()
    made.receive(b"0", 0.0)
    assert function.began.wait(END)
    for _ in range(MOST_REPORTS + 10):
        made.receive(b"more", 0.0)
    function.gate.set()
    assert len(sink.wait(MOST_REPORTS + 1)) == MOST_REPORTS + 1


def exits(*_):
    raise SystemExit("on purpose")


@pytest.mark.parametrize("wrong", [exits, lambda *_: 5, lambda *_: ["text"]])
def test_a_cards_code_that_fails_is_told_and_the_bus_goes_on(monkeypatch, caplog, wrong):
    function, sink = Function(), Sink()
    made = BusFunction(function, sink)
    with monkeypatch.context() as patch:
        for name in ("power_up", "receive"):
            patch.setattr(function, name, wrong)
        made.power_up(0)
        made.receive(b"first", 0)
        made.receive(b"last", 0)
        assert wait_until(lambda: caplog.text.count("the card's code failed on its bus") >= 2)
        assert wait_until(made._items.empty)
    made.receive(b"good", 0)
    assert sink.wait(1)[-1] == b"good"
    made.close()
