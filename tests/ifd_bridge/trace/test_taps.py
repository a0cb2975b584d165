from __future__ import annotations

from dataclasses import dataclass

import pytest

from ifd_bridge.ifd import Answer, Code, Function
from ifd_bridge.trace import Event, Stream, events
from ifd_bridge.trace.taps import ReaderTap, TracedDriver
from readers import events as told


class Driver:
    def get_capabilities(self, tag: int) -> Answer:
        return Answer(Code.SUCCESS, b"tag %d" % tag)

    def set_capabilities(self, tag: int, value: bytes) -> Answer:
        return Answer(Code.SUCCESS, b"set %d " % tag + value)

    def set_protocol_parameters(self, protocol: int) -> Answer:
        return Answer(Code.SUCCESS, b"protocol %d" % protocol)

    def power_icc(self, action: int) -> Answer:
        return Answer(Code.SUCCESS, b"power %d" % action)

    def transmit_to_icc(self, command: bytes, protocol: int) -> Answer:
        return Answer(Code.SUCCESS, b"transmit %d " % protocol + command)

    def control(self, code: int, data: bytes) -> Answer:
        return Answer(Code.SUCCESS, b"control %d " % code + data)


CALLS = [
    (Function.GET_CAPABILITIES, 1, b"", b"tag 1"),
    (Function.SET_CAPABILITIES, 2, b"v", b"set 2 v"),
    (Function.SET_PROTOCOL_PARAMETERS, 3, b"", b"protocol 3"),
    (Function.POWER_ICC, 4, b"", b"power 4"),
    (Function.TRANSMIT_TO_ICC, 5, b"c", b"transmit 5 c"),
    (Function.CONTROL, 6, b"d", b"control 6 d"),
]


def call(driver: TracedDriver, function: Function, number: int, data: bytes) -> Answer:
    if function is Function.TRANSMIT_TO_ICC:
        return driver.transmit_to_icc(data, number)
    method = getattr(driver, function.name.lower())
    answer = method(number, data) if data else method(number)
    assert isinstance(answer, Answer)
    return answer


@pytest.mark.parametrize(("function", "number", "data", "result"), CALLS)
def test_each_call_and_its_answer_are_told(
    function: Function, number: int, data: bytes, result: bytes
) -> None:
    stream = Stream(clock=lambda: 42.0)
    driver = TracedDriver(Driver(), stream, "R", 3)
    assert call(driver, function, number, data).data == result
    seen: list[Event] = []
    stream.add(seen.append)
    assert call(driver, function, number, data).data == result
    asked, answered = seen
    assert asked == events.Called(42.0, "R", 3, function, number, data)
    assert isinstance(answered, events.Answered)
    assert (answered.function, answered.number, answered.data) == (function, number, result)
    assert answered.seconds >= 0


def test_a_readers_events_get_time_and_name() -> None:
    clock = iter([10.0, 10.5, 11.0])
    stream = Stream(clock=lambda: next(clock))
    seen: list[Event] = []
    stream.add(seen.append)
    tap = ReaderTap(stream, "R")
    tap(told.CommandSent(0, b"\0", 1))
    tap(told.ResponseReceived(0, b"\0", b"\x90\0"))
    tap(told.KeyPressed(1, "5"))
    assert seen == [
        events.CommandSent(10.0, "R", 0, b"\0", 1),
        events.ResponseReceived(10.5, "R", 0, b"\0", b"\x90\0", 0.5),
        events.KeyPressed(11.0, "R", 1, "5"),
    ]


def test_every_event_of_a_reader_has_a_name_in_the_stream() -> None:
    for name, kind in vars(told).items():
        if isinstance(kind, type) and issubclass(kind, told.ReaderEvent):
            assert kind is told.ReaderEvent or hasattr(events, name)


def test_what_has_no_name_is_left_out() -> None:
    @dataclass(frozen=True)
    class Strange:
        slot: int

    stream = Stream()
    seen: list[Event] = []
    stream.add(seen.append)
    ReaderTap(stream, "R")(Strange(0))
    assert seen == []


def test_nothing_is_told_while_nobody_listens() -> None:
    def now() -> float:
        raise AssertionError("the clock was read")

    tap = ReaderTap(Stream(clock=now), "R")
    tap(told.CardInserted(0))
