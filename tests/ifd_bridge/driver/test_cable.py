import threading
from collections import deque

import pytest

from ifd_bridge.driver.cable import Cable
from ifd_bridge.ifdh.api import AbandonedError, Presence
from ifd_bridge.pcscd.reader_states import wait_until
from readers.context import Guard

END = 10.0


def message(kind, slot=0, sequence=0, data=b"", tail=b"\0\0\0"):
    return bytes([kind]) + len(data).to_bytes(4, "little") + bytes([slot, sequence]) + tail + data


class FakeReader:
    """Answers what `work` returns; None means: not yet."""

    guard: Guard

    def __init__(self, slots=1):
        self.guard = Guard()
        self.bulk_in: deque[bytes] = deque()
        self.interrupt_in: deque[bytes] = deque()
        self.deadline = None
        self.aborted = []
        self.inside = [False] * slots
        self.work = lambda request: b"\x90\x00"
        self.ticked = lambda now: None

    def handle(self, request, now, data=None):
        slot, sequence = request[5], request[6]
        with self.guard:
            if request[0] == 0x65:
                absent = slot >= len(self.inside) or not self.inside[slot]
                self.bulk_in.append(message(0x81, slot, sequence, tail=bytes([2 * absent, 0, 0])))
                return
            data = self.guard.unlocked(lambda: self.work(request))
            if data is not None:
                self.bulk_in.append(message(0x80, slot, sequence, data))

    def abort(self, slot, seq):
        self.aborted.append((slot, seq))

    def tick(self, now):
        with self.guard:
            self.ticked(now)

    def move(self, *, inside, slot=0):
        with self.guard:
            self.inside[slot] = inside
            bits = (2 | inside) << slot % 4 * 2
            self.interrupt_in.append(bytes([0x50]) + bytes(slot // 4) + bytes([bits]))


class Diary:
    def __init__(self):
        self.lines = []

    def moved(self, presence):
        self.lines.append((presence.present, presence.removals))

    def abandoned(self):
        self.lines.append("abandoned")


def in_thread(work):
    """Run `work` in a thread; call the result to get its value or its exception."""
    found = []

    def run():
        try:
            found.append((work(), None))
        except Exception as error:
            found.append((None, error))

    thread = threading.Thread(target=run, daemon=True)
    thread.start()

    def result():
        thread.join(END)
        value, error = found[0]
        if error:
            raise error
        return value

    return result


def test_an_exchange_returns_the_answer_to_its_message():
    cable = Cable(FakeReader())
    assert cable.exchange(message(0x6F, 0, 7, b"\0\0\0\0")) == message(0x80, 0, 7, b"\x90\0")


def test_an_answer_with_another_sequence_number_is_dropped():
    reader = FakeReader()
    cable = Cable(reader)
    reader.bulk_in.append(message(0x80, 0, 6, b"old"))
    assert cable.exchange(message(0x6F, 0, 7))[10:] == b"\x90\0"


def test_a_slot_that_does_not_exist_is_the_readers_business():
    cable = Cable(FakeReader())
    assert cable.exchange(message(0x65, 9, 1))[5:8] == bytes([9, 1, 2])


def test_an_answer_may_come_later_from_another_input():
    reader = FakeReader()
    cable = Cable(reader)
    waiting = threading.Event()
    reader.work = lambda request: waiting.set()
    result = in_thread(lambda: cable.exchange(message(0x69, 0, 3), END))
    assert waiting.wait(END)
    with reader.guard:
        reader.bulk_in.append(message(0x80, 0, 3, b"pin"))
    assert result()[10:] == b"pin"


def test_the_reader_is_ticked_when_it_wants_to_be():
    reader, now = FakeReader(), [0.0]
    cable = Cable(reader, clock=lambda: now[0])

    def begin(request):
        reader.deadline = 0.0

    def finish(at):
        reader.deadline = None
        reader.bulk_in.append(message(0x80, 0, 0, b"due"))

    reader.work, reader.ticked = begin, finish
    assert cable.exchange(message(0x6F))[10:] == b"due"


def test_a_mute_reader_is_a_timeout():
    reader = FakeReader()
    cable = Cable(reader)
    reader.work = lambda request: None
    with pytest.raises(TimeoutError):
        cable.exchange(message(0x6F), 0.001)


def test_a_time_extension_is_handed_to_the_driver_and_prolongs_the_wait():
    reader = FakeReader()
    cable = Cable(reader)

    def extend(request):
        reader.bulk_in.append(message(0x80, 0, 0, tail=b"\x80\x02\0"))
        reader.deadline = 0.0

    def finish(at):
        reader.deadline = None
        reader.bulk_in.append(message(0x80, 0, 0, b"done"))

    reader.work, reader.ticked = extend, finish
    seen = []
    answer = cable.exchange(message(0x6F), 0.0, lambda m: seen.append(m[8]) or END)
    assert (answer[10:], seen) == (b"done", [2])


def test_presence_starts_with_what_the_reader_says():
    reader = FakeReader(slots=2)
    reader.inside[1] = True
    cable = Cable(reader, slots=2)
    assert cable.slots == 2
    assert [cable.presence(n).present for n in (0, 1)] == [False, True]


def test_a_watcher_sees_each_movement_of_its_slot_and_removals_are_counted():
    reader, diary = FakeReader(slots=5), Diary()
    cable = Cable(reader, slots=5)
    assert cable.watch(4, diary) == Presence(present=False, removals=0)
    for inside in (True, False, True):
        reader.move(inside=inside, slot=4)
    reader.move(inside=True, slot=0)
    cable.unwatch(4, diary)
    reader.move(inside=False, slot=4)
    assert diary.lines == [(True, 0), (False, 1), (True, 1)]
    assert cable.presence(4) == Presence(present=False, removals=2)


def test_an_insertion_is_told_when_the_reader_is_free_and_a_removal_at_once():
    reader, held = FakeReader(), []
    cable = Cable(reader)

    class Asking(Diary):
        def moved(self, presence):
            held.append((presence.present, cable._lock._is_owned()))

    cable.watch(0, Asking())
    for inside in (True, False):
        reader.move(inside=inside)
    assert held == [(True, False), (False, True)]


def test_a_swap_in_one_message_is_a_removal():
    reader, diary = FakeReader(), Diary()
    reader.inside[0] = True
    Cable(reader).watch(0, diary)
    reader.move(inside=True)
    assert diary.lines == [(True, 1)]


def test_other_interrupt_messages_are_not_movements():
    reader, diary = FakeReader(), Diary()
    Cable(reader).watch(0, diary)
    with reader.guard:
        reader.interrupt_in.append(bytes([0x51, 0, 0, 1]))
    assert diary.lines == []


def test_a_card_that_goes_while_it_computes_abandons_the_exchange():
    reader, diary = FakeReader(), Diary()
    reader.inside[0] = True
    cable = Cable(reader)
    cable.watch(0, diary)
    computing, release = threading.Event(), threading.Event()

    def compute(request):
        computing.set()
        release.wait(END)
        return b"late"

    reader.work = compute
    result = in_thread(lambda: cable.exchange(message(0x6F)))
    assert computing.wait(END)
    reader.move(inside=False)
    assert diary.lines == [(False, 1), "abandoned"]
    reader.work = lambda request: b"new"
    assert cable.exchange(message(0x6F))[10:] == b"new"
    release.set()
    with pytest.raises(AbandonedError):
        result()


def test_a_waiting_exchange_can_be_given_up():
    reader = FakeReader()
    cable = Cable(reader)
    waiting = threading.Event()
    reader.work = lambda request: waiting.set()
    result = in_thread(lambda: cable.exchange(message(0x69, 0, 9), END))
    assert waiting.wait(END)
    cable.abandon(0)
    cable.abandon(0)
    assert reader.aborted == [(0, 9)]
    with pytest.raises(AbandonedError):
        result()


def test_two_slots_compute_at_the_same_time():
    reader = FakeReader(slots=2)
    cable = Cable(reader, slots=2)
    both = threading.Barrier(2, timeout=END)
    reader.work = lambda request: (both.wait() and None) or b"\x90\0"
    results = [in_thread(lambda n=n: cable.exchange(message(0x6F, n))) for n in (0, 1)]
    assert [result()[5] for result in results] == [0, 1]


def test_a_card_that_raises_leaves_the_reader_usable():
    reader = FakeReader()
    cable = Cable(reader)

    def fail(request):
        raise ZeroDivisionError

    reader.work = fail
    with pytest.raises(ZeroDivisionError):
        cable.exchange(message(0x6F))
    reader.work = lambda request: b"fine"
    assert in_thread(lambda: cable.exchange(message(0x6F)))()[10:] == b"fine"


def test_a_packet_without_a_header_is_the_answer_as_it_is_on_usb():
    reader = FakeReader()
    cable = Cable(reader)

    def empty_first(request):
        reader.bulk_in.append(b"")
        return b"late"

    reader.work = empty_first
    assert cable.exchange(message(0x6F)) == b""
    reader.work = lambda request: b"fine"
    assert cable.exchange(message(0x6F))[10:] == b"fine"


def test_packets_that_nobody_waits_for_are_dropped():
    reader = FakeReader()
    cable = Cable(reader)
    with cable:
        reader.bulk_in.append(b"")
        reader.bulk_in.append(b"\x80\x00")
    assert cable.exchange(message(0x6F))[10:] == b"\x90\x00"


def test_a_reader_that_starts_with_an_empty_packet_has_no_card():
    reader = FakeReader()
    reader.handle = lambda request, now, data: (
        reader.guard.__enter__()
        and (reader.bulk_in.append(b"") or reader.guard.__exit__(None, None, None))
    )
    assert not Cable(reader).presence(0).present


def test_old_answers_before_the_right_one_are_dropped_and_it_is_not():
    reader = FakeReader()
    cable = Cable(reader)
    for sequence in (5, 6):
        reader.bulk_in.append(message(0x80, 0, sequence, b"old"))
    reader.bulk_in.append(message(0x80, 0, 7, b"new"))
    reader.work = lambda request: None
    assert cable.exchange(message(0x6F, 0, 7))[10:] == b"new"


def test_nothing_is_in_a_slot_before_the_reader_has_said_so():
    cable = Cable(FakeReader())
    assert cable._slots[0].presence == Presence(present=False, removals=0)


@pytest.mark.parametrize("ticked", [False, True])
def test_a_card_that_goes_while_the_reader_waits_is_answered_for_by_the_reader(ticked):
    """Only what a card computes is abandoned: a PIN entry, say, is the reader's to end."""
    reader, now, waiting, moved = FakeReader(), [0.0], threading.Event(), Diary()
    reader.inside[0] = True
    cable = Cable(reader, clock=lambda: now[0])
    cable.watch(0, moved)

    def begin(request):
        if ticked:
            reader.deadline = 0.0
        else:
            waiting.set()

    def tick(at):
        reader.deadline = None
        waiting.set()

    reader.work, reader.ticked = begin, tick
    result = in_thread(lambda: cable.exchange(message(0x69, 0, 3), END))
    assert waiting.wait(END)
    assert wait_until(lambda: cable._waiting == 1)  # the input is over
    reader.move(inside=False)
    assert moved.lines == [(False, 1)]
    with reader.guard:
        reader.bulk_in.append(message(0x80, 0, 3, b"gone"))
    assert result()[10:] == b"gone"


def test_a_card_that_goes_while_a_tick_lets_it_compute_abandons_the_exchange():
    reader, diary = FakeReader(), Diary()
    reader.inside[0] = True
    cable = Cable(reader)
    cable.watch(0, diary)
    computing, release = threading.Event(), threading.Event()

    def begin(request):
        reader.deadline = 0.0

    def tick(at):
        reader.deadline = None
        cable.unlocked(lambda: computing.set() or release.wait(END))

    reader.work, reader.ticked = begin, tick
    result = in_thread(lambda: cable.exchange(message(0x6F)))
    assert computing.wait(END)
    reader.move(inside=False)
    assert diary.lines == [(False, 1), "abandoned"]
    release.set()
    with pytest.raises(AbandonedError):
        result()
