from __future__ import annotations

import pytest

from ifd_bridge.ifdh.api import Answer, Code, Function
from ifd_bridge.trace import Event, Stream, events
from ifd_bridge.trace.traced_driver import TracedDriver
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
    stream.add(seen.append, pins=True)
    assert call(driver, function, number, data).data == result
    stream.close()
    assert [event.what for event in seen] == [
        events.Called(3, function, number, data),
        events.Answered(3, function, number, Code.SUCCESS, result),
    ]


def test_a_readers_events_get_time_and_name() -> None:
    stream = Stream(clock=lambda: 10.0)
    seen: list[Event] = []
    stream.add(seen.append)
    stream.teller("R")(told.CardInserted(1))
    stream.close()
    assert seen == [Event(10.0, "R", told.CardInserted(1))]


def test_calls_are_told_only_if_somebody_wants_them() -> None:
    stream = Stream()
    driver = TracedDriver(Driver(), stream, "R", 0)
    seen: list[Event] = []
    stream.add(seen.append, calls=False)
    for function, number, data, _ in CALLS:
        call(driver, function, number, data)
    stream.add([].append)
    call(driver, *CALLS[0][:3])
    stream.close()
    assert [type(event.what) for event in seen] == [events.Called, events.Answered]


def test_no_clock_is_read_while_nobody_listens() -> None:
    def now() -> float:
        raise AssertionError("the clock was read")

    driver = TracedDriver(Driver(), Stream(clock=now), "R", 0)
    assert call(driver, *CALLS[0][:3]).code is Code.SUCCESS
