"""Deliberate faults."""

import pytest

from applets.hello import Hello
from vcard import Busy, Card, Memory, Pin, RamStore
from vcard.applet import Applet, handles
from vcard.contact import Unit, at_once
from vcard.doubles.faults import Faults
from vcard.doubles.scripted import ScriptedCard

HELLO = bytes(4)
SELECT = bytes.fromhex("00A404000AA00000006203010C0601")


def broken(faults, card=None):
    made = faults.around(card or Card(Hello()))
    made.power_up()
    made.exchange(SELECT)
    return made


def test_a_fault_replaces_the_answer():
    cases = [
        (lambda t: t.mute(), None),
        (lambda t: t.status(0x6F00), b"\x6f\x00"),
        (lambda t: t.answer(b"\1"), b"\1"),
        (lambda t: t.cut(1), b"H"),
        (lambda t: t.oversize(20), b"Hello world!" + b"\xa5" * 6 + b"\x90\x00"),
        (lambda t: t.reset(), None),
    ]
    for effect, answer in cases:
        faults = Faults()
        card = broken(faults)
        effect(faults.on(ins=0x00))
        assert card.exchange(HELLO) == answer


def test_a_delayed_answer_comes_from_the_card_later():
    faults = Faults()
    faults.on("00 00 ...").delay(2)
    answer = broken(faults).exchange(HELLO)
    assert isinstance(answer, Busy)
    assert (answer.seconds, answer.finish()) == (2, b"Hello world!\x90\x00")


def test_a_fault_strikes_at_the_occasion_it_was_told():
    faults = Faults()
    faults.on(ins=0x00).nth(2, count=2).mute()
    card = broken(faults)
    struck = [card.exchange(HELLO) is None for _ in range(5)]
    assert struck == [False, True, True, False, False]


def test_a_reset_forgets_the_selection():
    faults = Faults()
    faults.on(ins=0x00).nth(1).reset()
    card = broken(faults)
    card.exchange(HELLO)
    assert card.exchange(HELLO) == b"\x6d\x00"


def test_a_changed_answer_waits_for_a_busy_card_and_stays_mute_with_a_mute_one():
    class Odd(Card):
        def exchange(self, command, port=None):
            return Busy(1, lambda: b"\1\2\3") if command == HELLO else None

    faults = Faults()
    faults.on().cut(1)
    card = faults.around(Odd(Hello()))
    assert at_once(card.exchange(HELLO)) == b"\1"
    assert card.exchange(b"\1") is None


def test_hostile_answers_repeat_with_the_seed():
    def answers(seed):
        faults = Faults(seed)
        faults.on("00 00 ...").hostile()
        card = broken(faults)
        return [card.exchange(HELLO) for _ in range(5)]

    assert answers(1) == answers(1)
    assert answers(1) != answers(2)


def test_a_removal_is_asked_of_the_reader():
    faults = Faults()
    faults.on(ins=0x00).remove()
    card = broken(faults)
    done = []
    card.on_action = done.append
    assert card.exchange(HELLO) is None
    assert done == ["remove"]


def test_a_removal_needs_a_reader():
    faults = Faults()
    faults.on(ins=0x00).remove()
    with pytest.raises(RuntimeError, match="sits in a reader"):
        broken(faults).exchange(HELLO)


def test_the_atr_can_be_any_bytes_and_goes_back_when_faults_are_cleared():
    faults = Faults()
    card = faults.around(Card(Hello()))
    faults.change_atr(b"\xff")
    assert card.power_up() == b"\xff"
    faults.clear()
    assert card.power_up() == Card(Hello()).atr
    card.power_down()


def test_every_strike_is_told():
    told = []
    faults = Faults(on_strike=told.append)
    faults.on("00 00 ...").mute()
    faults.change_atr(b"\x3b\0")
    broken(faults).exchange(HELLO)
    assert told == ["ATR 3B 00", "00 00 ...: mute"]


def test_a_trigger_without_effect_does_nothing():
    faults = Faults()
    faults.on(ins=0x00)
    assert broken(faults).exchange(HELLO) == b"Hello world!\x90\x00"


class Counter(Applet):
    aid = bytes(5)

    def installed(self):
        self.memory.setdefault("n", 0)
        self.pin = Pin(self.memory, "pin", b"1234")

    @handles(ins=0x10)
    def count(self, command):
        self.memory["n"] += 1

    @handles(ins=0x20)
    def verify(self, command):
        self.pin.verify(command.data)


COUNT, VERIFY_WRONG = bytes.fromhex("00100000"), bytes.fromhex("0020000001FF")


def counter(store, faults):
    card = faults.around(Card(Counter(), memory=Memory(store)))
    card.power_up()
    card.exchange(bytes.fromhex("00A40400050000000000"))
    return card


@pytest.mark.parametrize(("when", "kept"), [("before", 0), ("after", 1)])
def test_a_torn_write_leaves_the_old_or_the_new_state(when, kept):
    store, faults = RamStore(), Faults()
    card = counter(store, faults)
    faults.on_write(1).tear(when)
    assert card.exchange(COUNT) is None
    assert card.exchange(COUNT) is None, "dead until the next power-up"
    assert store.load()["Counter/n"] == kept
    card.power_up()
    card.exchange(bytes.fromhex("00A40400050000000000"))
    assert card.exchange(COUNT) == b"\x90\x00"
    assert store.load()["Counter/n"] == kept + 1


@pytest.mark.parametrize(("when", "left"), [("before", 3), ("after", 2)])
def test_a_pin_try_that_was_counted_never_comes_back(when, left):
    store, faults = RamStore(), Faults()
    card = counter(store, faults)
    faults.on_write(1).tear(when)
    card.exchange(VERIFY_WRONG)
    assert store.load()["Counter/pin.tries"] == left
    card.power_up()
    assert card.contact.memory["Counter/pin.tries"] == left


def test_faults_around_a_card_without_memory_pass_it_on():
    card = Faults().around(ScriptedCard(b"\x3b\0"))
    assert card.power_up() == b"\x3b\0"


def test_power_ups_can_fail_by_their_number():
    faults = Faults()
    faults.on_power_up().nth(2, count=2).mute()
    card = faults.around(Card(Hello()))
    assert [card.power_up() is None for _ in range(4)] == [False, True, True, False]


def test_a_warm_reset_may_show_another_atr_than_a_cold_one():
    faults = Faults()
    faults.on_power_up(warm=True).answer(b"\x3b\x01\x57")
    faults.on_power_up(warm=False).answer(b"\x3b\x01\xc0")
    card = faults.around(Card(Hello()))
    assert [card.power_up(), card.power_up()] == [b"\x3b\x01\xc0", b"\x3b\x01\x57"]
    card.power_down()
    assert card.power_up() == b"\x3b\x01\xc0"


def test_what_a_card_sends_below_the_apdu_can_be_changed():
    faults = Faults()
    faults.on_line(Unit.BLOCK).nth(2).answer(b"raw")
    faults.on_line(Unit.PPS).mute()
    card = faults.around(Card(Hello()))
    assert [card.passed(Unit.BLOCK, lambda: b"right") for _ in range(3)] == [
        b"right", b"raw", b"right",
    ]  # fmt: skip
    assert card.passed(Unit.PPS, lambda: b"\xff\x00\xff") is None


def test_no_fault_is_left_after_clear():
    faults = Faults()
    faults.on_power_up().mute()
    faults.on_line(Unit.BLOCK).mute()
    faults.clear()
    card = faults.around(Card(Hello()))
    assert card.power_up() is not None
    assert card.passed(Unit.BLOCK, lambda: b"right") == b"right"


def test_a_card_with_faults_is_heard_below_the_apdu():
    card = Faults().around(Card(Hello()))
    assert card.line_tap is card
