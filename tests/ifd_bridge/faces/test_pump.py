"""The pump between a reader and a driver that is not ours."""

import queue
import threading

import pytest

from applets.hello import Hello
from applets.pin_dump import PinDump
from ifd_bridge.faces.looks import NEVER
from ifd_bridge.faces.pump import Pump
from ifd_bridge.system import threads
from readers import CcidReader, models
from readers import reader as reader_module
from readers import slot as slot_module
from vcard import Applet, Card, Later, handles

END = 10.0
POWER_ON, STATUS, XFR = 0x62, 0x65, 0x6F


def message(kind, data=b"", slot=0, seq=0):
    return bytes((kind,)) + len(data).to_bytes(4, "little") + bytes((slot, seq, 0, 0, 0)) + data


class Host:
    """The driver's end of a pump."""

    def __init__(self, model=models.PLAIN, **options):
        self.reader = CcidReader(model)
        self.bulk, self.interrupt = queue.Queue(), queue.Queue()
        self.answered = bool
        self.listens = True
        self.pump = Pump(self.reader, self._hear, self._told, **options)
        self.out = queue.Queue()
        threading.Thread(target=self.pump.serve, args=(self.out.get,), daemon=True).start()

    def _hear(self, message):
        self.bulk.put(message)
        self.answered()

    def _told(self, message):
        if self.listens:
            self.interrupt.put(message)
        return self.listens

    def told(self):
        return self.interrupt.get(timeout=END)

    def answer(self):
        return self.bulk.get(timeout=END)

    def ask(self, *args, **kwargs):
        self.out.put(message(*args, **kwargs))
        return self.answer()


@pytest.fixture
def host():
    made = []

    def make(model=models.PLAIN, **options):
        made.append(Host(model, **options))
        return made[-1]

    yield make
    for each in made:
        each.pump.close()
        each.out.put(b"")


def test_a_message_is_answered(host):
    assert host().ask(STATUS)[0] == 0x81


def test_commands_one_after_the_other_do_not_wake_the_clocks_thread_each(host, monkeypatch):
    """Each has a time extension due in a second, long after it is done."""
    looks, deadline = [], CcidReader.deadline
    one = host(clock=lambda: 0.0)
    one.reader.insert(Card(Hello()))
    one.ask(POWER_ON)

    def looked(reader):
        if threading.current_thread().name == "vcard-pump":
            looks.append(reader)
        return deadline.__get__(reader)

    monkeypatch.setattr(CcidReader, "deadline", property(looked))
    for number in range(200):
        assert one.ask(XFR, b"\0\0\0\0", seq=number)[10:] == b"\x6d\0"
    assert len(looks) < 20


@pytest.mark.slow
def test_a_card_that_takes_its_time_is_waited_for(host):
    one = host()
    one.reader.insert(Card(PinDump()))
    one.ask(POWER_ON)
    one.ask(XFR, bytes((0, 0xA4, 4, 0, len(PinDump.aid))) + PinDump.aid)
    answer = one.ask(XFR, bytes.fromhex("80380001"))
    while answer[7] & 0xC0 == 0x80:
        answer = one.answer()
    assert answer[10:] == b"\x90\x00"


def test_a_movement_waits_until_the_driver_has_looked_at_the_one_before(host):
    one = host()
    one.reader.insert(Card(Hello()))
    assert one.interrupt.get(timeout=END) == b"\x50\x03"
    one.reader.eject()
    one.reader.insert(Card(Hello()))
    assert one.interrupt.empty()
    one.ask(STATUS)
    assert one.interrupt.get(timeout=END) == b"\x50\x03"
    one.ask(STATUS)
    one.ask(STATUS)
    assert one.interrupt.empty()


def test_a_card_waits_until_the_driver_has_looked_at_where_it_came_from(host):
    one = host(patience_s=END)
    one.ask(STATUS)  # this driver looks
    one.pump.listening()
    one.reader.insert(Card(Hello()))
    told = one.told()
    swapping = threading.Thread(target=lambda: one.reader.insert(one.reader.eject()))
    swapping.start()
    seen = []
    for _ in range(3):
        seen.append((told.hex(), [one.ask(STATUS)[7] for _ in range(2)]))
        one.pump.listening()
        if len(seen) < 3:
            told = one.told()
    swapping.join(END)
    assert seen == [("5003", [1, 1]), ("5002", [2, 2]), ("5003", [1, 1])]


def test_where_several_slots_are_waited_for_by_one_thread_the_second_look_is_asked_for(host):
    one = host(models.TWO_SLOT, patience_s=END)
    for slot in (0, 1):
        one.ask(STATUS, slot=slot)
    one.pump.listening()  # for one slot or the other
    one.reader.insert(Card(Hello()), 1)
    while not one.interrupt.empty():
        one.told()
    one.ask(STATUS, slot=1)
    ejecting = threading.Thread(target=one.reader.eject, args=(1,))
    ejecting.start()
    while one.told() != b"\x50\x0c":
        pass
    assert ejecting.is_alive()
    one.ask(STATUS, slot=1)
    ejecting.join(END)
    while one.told() != b"\x50\x08":
        pass


def test_a_driver_that_hears_no_interrupts_has_a_pause_after_its_look(host):
    now = [0.0]
    one = host(patience_s=END, clock=lambda: now[0], polled=True)
    one.ask(STATUS)
    one.reader.insert(Card(Hello()))
    one.ask(STATUS)
    assert 0 < one.pump._unsettled_s(0) < 1
    now[0] = 1.0
    assert one.pump._unsettled_s(0) <= 0
    one.reader.eject()


def test_a_driver_that_stops_looking_is_waited_for_once(host):
    one = host(patience_s=0.01)
    one.ask(STATUS)
    for _ in range(200):
        one.reader.insert(Card(Hello()))
        one.reader.eject()
    assert not one.pump._looks.somebody_looks(0)
    one.ask(STATUS)
    assert one.pump._looks.somebody_looks(0)


def test_nobody_is_waited_for_who_has_never_looked(host):
    one = host(patience_s=1000)
    one.listens = False
    for _ in range(200):
        one.reader.insert(Card(Hello()))
        one.reader.eject()
    assert one.interrupt.empty()


def test_closing_ends_the_wait(host):
    one = host(patience_s=1000)
    one.ask(STATUS)
    one.reader.insert(Card(Hello()))
    one.told()
    moving = threading.Thread(target=one.reader.eject)
    moving.start()
    one.pump.close()
    moving.join(END)
    assert not moving.is_alive()


def test_a_movement_is_told_when_the_driver_begins_to_listen(host):
    one = host()
    one.listens = False
    one.reader.insert(Card(Hello()))
    assert one.interrupt.empty()
    one.listens = True
    with one.pump:
        pass
    assert one.told() == b"\x50\x03"
    assert one.interrupt.empty()


@pytest.mark.parametrize("model", [models.PLAIN, models.TWO_SLOT])
def test_a_driver_that_never_looks_is_told_of_every_movement_all_the_same(host, model):
    one = host(model, held_s=0.02)
    one.reader.insert(Card(Hello()))
    one.reader.eject()
    assert one.told()[:2] == b"\x50\x03"
    while (told := one.told()) == b"\x50\x03":
        pass
    assert told[:2] == b"\x50\x02"
    one.reader.insert(Card(Hello()))
    while (told := one.told()) == b"\x50\x02":
        pass
    assert told == b"\x50\x03"


def test_nothing_is_repeated_while_nobody_listens(host):
    now = [0.0]
    one = host(models.TWO_SLOT, clock=lambda: now[0])
    one.listens = False
    one.reader.insert(Card(Hello()))
    assert one.pump._repeat_at == NEVER


def test_a_line_that_breaks_tells_nothing(host):
    one = host()

    def broken(_):
        raise OSError

    one.pump._interrupt = broken
    one.reader.insert(Card(Hello()))
    del one.pump._interrupt
    one.pump._interrupt = one._told
    one.pump.restart()
    assert one.told() == b"\x50\x03"


def test_in_a_reader_of_several_slots_a_movement_is_told_until_the_driver_looks(host):
    one = host(models.TWO_SLOT)
    one.reader.insert(Card(Hello()), 1)
    for _ in range(3):
        assert one.interrupt.get(timeout=END) == b"\x50\x0c"
    one.ask(STATUS, slot=1)
    one.reader.insert(Card(Hello()), 0)
    while (told := one.interrupt.get(timeout=END)) == b"\x50\x0c":
        pass
    assert told == b"\x50\x07"


def test_a_movement_right_after_a_look_has_not_been_seen(host):
    one = host(models.TWO_SLOT)
    coming = [Card(Hello())]
    one.answered = lambda: coming and one.reader.insert(coming.pop(), 1)
    one.ask(STATUS, slot=1)
    for _ in range(3):
        assert one.interrupt.get(timeout=END) == b"\x50\x0c"


def test_a_broken_card_contact_is_told_at_once(host):
    one = host()
    with one.pump:
        one.reader.interrupt_in.append(b"\x51\x00\x00\x01")
    assert one.interrupt.get(timeout=END)[0] == 0x51


def test_one_slot_computes_while_another_is_served(host):
    started, go = threading.Event(), threading.Event()

    class Slow(Applet):
        aid = bytes(5)

        @handles(ins=1)
        def slow(self, command):
            started.set()
            go.wait(END)

    one = host(models.TWO_SLOT)
    for slot, card in ((0, Card(Slow())), (1, Card(Hello()))):
        one.reader.insert(card, slot)
        one.ask(POWER_ON, slot=slot)
    one.ask(XFR, bytes.fromhex("00A40400050000000000"))
    one.out.put(message(XFR, bytes.fromhex("00010000")))
    assert started.wait(END)
    assert one.ask(STATUS, slot=1)[5] == 1
    go.set()
    assert one.answer()[10:] == b"\x90\x00"


def test_after_closing_nothing_is_sent(host):
    one = host()
    one.pump.close()
    one.reader.insert(Card(Hello()))
    assert one.interrupt.empty()


@pytest.mark.slow
def test_time_extensions_go_out_while_a_cards_code_computes(host):
    go = threading.Event()

    class Slow(Applet):
        aid = bytes(5)

        @handles(ins=1)
        def slow(self, command):
            go.wait(END)

    one = host()
    one.reader.insert(Card(Slow()))
    one.ask(POWER_ON)
    one.ask(XFR, bytes.fromhex("00A40400050000000000"))
    go.wait(0.05)  # let the pump fall asleep first
    one.out.put(message(XFR, bytes.fromhex("00010000")))
    assert one.answer()[7] & 0xC0 == 0x80
    go.set()
    assert one.answer()[10:] == b"\x90\x00"


def test_a_reader_whose_card_never_comes_back_is_served_on(host):
    started, go = threading.Event(), threading.Event()

    class Lost(Applet):
        aid = bytes(5)

        @handles(ins=1)
        def lost(self, command):
            started.set()
            go.wait(END)

    one = host(patience_s=0.01)
    for _ in range(3):
        started.clear()
        applet = Lost()
        one.reader.insert(Card(applet, default=applet))
        assert one.ask(POWER_ON)[7] == 0
        one.out.put(message(XFR, bytes.fromhex("00010000"), seq=1))
        assert started.wait(END)
        one.reader.eject()
        assert one.answer()[6:9].hex() == "0142fe"
        assert one.ask(STATUS)[7] == 2
    go.set()


class Held(Applet):
    """Begins to work, and returns when the test releases it."""

    aid = b"12345"

    def __init__(self):
        self.began, self.release = threading.Event(), threading.Event()

    @handles(ins=0)
    def work(self, command):
        return Later(0.0, self.finish)

    def finish(self):
        self.began.set()
        self.release.wait(END)
        return b"late"


@pytest.mark.parametrize("model", [models.PLAIN, models.MODELS["two-slot"]])
def test_work_that_never_ends_holds_up_neither_the_user_nor_the_clock(host, model, monkeypatch):
    """It ends in the timer thread, which must not hold the reader meanwhile."""
    for module in (slot_module, reader_module):
        monkeypatch.setattr(module, "EXTENSION_S", 0.01)
    one, applet = host(model, patience_s=0.01), Held()
    one.reader.insert(Card(applet))
    one.ask(POWER_ON)
    one.ask(XFR, bytes((0, 0xA4, 4, 0, 5)) + Held.aid)
    one.out.put(message(XFR, bytes(4)))
    assert applet.began.wait(END)
    for _ in range(3):  # time extensions go on
        assert one.answer()[7] & 0xC0 == 0x80
    if model.slots > 1:
        one.out.put(message(STATUS, slot=1, seq=9))
        while (answer := one.answer())[6] != 9:
            assert answer[7] & 0xC0 == 0x80
    one.reader.eject()
    while (answer := one.answer())[7] & 0xC0 == 0x80:
        pass
    assert answer[7] & 0xC0 == 0x40
    applet.release.set()
    one.reader.insert(Card(Hello()))
    assert one.ask(POWER_ON, seq=3)[7] == 0


@pytest.mark.parametrize("part", ["handle", "tick"])
def test_a_driver_is_hung_up_on_where_a_thread_fails(part, monkeypatch, caplog):
    """The receiving thread or the timer thread: no driver waits endlessly for an answer."""
    reader, ended, out = CcidReader(models.PLAIN), threading.Event(), queue.Queue()
    pump = Pump(reader, lambda _: None, lambda _: True)
    threads.start("face", lambda: pump.serve(out.get, ended.set), ended.set)
    reader.insert(Card(PinDump()))

    def fail(*_):
        raise ZeroDivisionError("a fault of ours")

    monkeypatch.setattr(CcidReader, part, fail)
    monkeypatch.setattr(CcidReader, "deadline", property(lambda _: 0.0 if part == "tick" else None))
    out.put(message(STATUS))
    with pump:
        pass  # a thread that leaves the guard wakes the ticker
    assert ended.wait(END)
    assert "a fault of ours" in caplog.text
    pump.close()
    out.put(b"")
