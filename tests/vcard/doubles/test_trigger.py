"""When faults strike."""

from applets.hello import Hello
from vcard import Card
from vcard.doubles.faults import Faults
from vcard.doubles.trigger import Count


def test_occasions_are_counted_from_the_first_to_the_limit():
    count = Count(first=3, limit=2)
    assert [count.strikes() for _ in range(6)] == [False, False, True, True, False, False]
    assert (count.seen, count.struck) == (6, 2)


def test_each_strike_is_told_by_the_name_of_its_trigger():
    told = []
    faults = Faults(on_strike=told.append)
    faults.on(ins=0x20).nth(2).mute()
    card = faults.around(Card(Hello()))
    card.power_up()
    assert [card.exchange(b"\0\x20\0\0") is None for _ in range(3)] == [False, True, False]
    assert told == ["?? 20 ...: mute"]


def test_every_trigger_counts_an_occasion_that_another_strikes_at():
    faults = Faults()
    faults.on(ins=0x20).nth(1).mute()
    faults.on(ins=0x20).nth(2).answer(b"second")
    card = faults.around(Card(Hello()))
    assert [card.exchange(b"\0\x20\0\0") for _ in range(2)] == [None, b"second"]
