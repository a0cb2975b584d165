"""The effects of faults on a bus function."""

from vcard.doubles.faulty_function import FaultyFunction, Supply


class Function:
    deadline = 7.0

    def __init__(self, supply=None):
        self.supply, self.done = supply, []

    def power_up(self, now):
        self.done.append(("up", now))

    def receive(self, report, now):
        if self.supply is not None:
            self.supply.power_down()
            self.supply.power_up()
            self.supply.act("remove")
        self.done.append((report, now))
        return [report]

    def tick(self, now):
        return self.receive(b"tick", now)


def test_everything_passes():
    inner = Function()
    function = FaultyFunction(inner, Supply(print))
    function.power_up(1.0)
    assert function.receive(b"a", 2.0) == [b"a"]
    assert function.tick(3.0) == [b"tick"]
    assert function.deadline == 7.0
    assert inner.done == [("up", 1.0), (b"a", 2.0), (b"tick", 3.0)]


def test_the_supply_fails_and_the_card_goes_when_the_function_has_let_go():
    inner, done = Function(), []

    def act(action):
        done.append((action, len(inner.done)))

    supply = inner.supply = Supply(act)
    function = FaultyFunction(inner, supply)
    function.receive(b"a", 2.0)
    assert inner.done == [(b"a", 2.0), ("up", 2.0)]
    assert done == [("remove", 2)]
    inner.supply = None
    function.tick(3.0)
    assert inner.done[2:] == [(b"tick", 3.0)]
    assert done == [("remove", 2)]
