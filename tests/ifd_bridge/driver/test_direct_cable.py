from collections import deque

import pytest

from ifd_bridge.driver.direct_cable import DirectCable
from tests.kits.bridge.fakes import answer


class SlowReader:
    """Says `script` (delay, raw answer) one after the other."""

    def __init__(self, *script):
        self.bulk_in = deque()
        self.interrupt_in = deque()
        self.script = list(script)
        self.deadline = None

    def handle(self, message, now, data=None):
        self.deadline = now + self.script[0][0] if self.script else None
        self.tick(now)

    def tick(self, now):
        while self.script and now >= self.deadline:
            self.bulk_in.append(self.script.pop(0)[1])
            self.deadline = now + self.script[0][0] if self.script else None


REQUEST = b"\x6f" + bytes(9)


def test_an_answer_that_is_there_takes_no_time():
    cable = DirectCable(SlowReader((0, answer(data=b"x"))))
    assert cable.exchange(REQUEST) == answer(data=b"x")
    assert cable.now == 0


def test_the_clock_jumps_to_a_later_answer_and_others_see_it():
    seen = []
    cable = DirectCable(SlowReader((2, answer(data=b"x"))))
    cable.meanwhile = seen.append
    assert cable.exchange(REQUEST) == answer(data=b"x")
    assert (cable.now, seen) == (2, [2])


@pytest.mark.parametrize("delay", [4, 100])
def test_silence_ends(delay):
    cable = DirectCable(SlowReader((delay, answer())))
    with pytest.raises(TimeoutError):
        cable.exchange(REQUEST, 3)
    assert cable.now == 3
    with pytest.raises(TimeoutError):
        DirectCable(SlowReader()).exchange(REQUEST)


def test_a_time_extension_gives_the_time_that_is_granted():
    script = (2, answer(status=0x80, error=2)), (5, answer(data=b"x"))
    cable = DirectCable(SlowReader(*script))
    assert cable.exchange(REQUEST, 3, lambda raw: 3.0 * raw[8]) == answer(data=b"x")
    with pytest.raises(TimeoutError):
        DirectCable(SlowReader(*script)).exchange(REQUEST, 3)


def test_answers_to_others_are_dropped():
    stranger = bytes((0x80, 0, 0, 0, 0, 1, 0, 0, 0, 0))
    cable = DirectCable(SlowReader((0, stranger), (0, answer(data=b"x"))))
    assert cable.exchange(REQUEST) == answer(data=b"x")


def test_a_packet_without_a_header_is_the_answer():
    assert DirectCable(SlowReader((0, b""), (0, answer(data=b"x")))).exchange(REQUEST) == b""
