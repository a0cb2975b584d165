import threading

from ifd_bridge.cards.one_at_a_time import OneAtATime
from vcard import Busy, Card
from vcard.hid import hid_function_of


class Both:
    """A card and its bus function, which detect concurrent calls."""

    def __init__(self):
        self.inside, self.most = 0, 0
        self.go, self.in_it = threading.Event(), threading.Event()

    def _work(self):
        self.inside += 1
        self.most = max(self.most, self.inside)
        self.in_it.set()
        self.go.wait(10)
        self.inside -= 1

    def power_up(self, now=0.0):
        return b"\x3b\x00"

    def power_down(self):
        pass

    def exchange(self, command, port=None):
        self._work()
        return Busy(1.0, lambda: Busy(1.0, lambda: command)) if command == b"slow" else command

    def hid_function(self, around):
        return self

    def receive(self, report, now):
        self._work()
        return [report]

    def tick(self, now):
        return [b"tick"]

    deadline = 5.0


def test_a_report_waits_while_a_command_is_worked_on():
    both = Both()
    card = OneAtATime(both)
    function = hid_function_of(card)
    threads = [
        threading.Thread(target=work)
        for work in (lambda: card.exchange(b"fast"), lambda: function.receive(b"r", 0.0))
    ]
    for thread in threads:
        thread.start()
    assert both.in_it.wait(10)
    both.go.set()
    for thread in threads:
        thread.join(10)
    assert both.most == 1


def test_everything_else_goes_through():
    both = Both()
    both.go.set()
    card = OneAtATime(both)
    function = hid_function_of(card)
    assert card.power_up() == b"\x3b\x00"
    card.power_down()
    answer = card.exchange(b"slow")
    for _ in range(2):
        assert isinstance(answer, Busy)
        answer = answer.finish()
    assert answer == b"slow"
    function.power_up(0.0)
    assert (function.receive(b"r", 0.0), function.tick(0.0)) == ([b"r"], [b"tick"])
    assert function.deadline == 5.0


def test_a_card_without_work_on_a_bus_has_none():
    assert hid_function_of(OneAtATime(Card())) is None
