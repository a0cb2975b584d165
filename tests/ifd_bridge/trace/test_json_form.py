from __future__ import annotations

import json

import pytest

from ifd_bridge.ifdh.api import Code, Function
from ifd_bridge.trace import json_form
from ifd_bridge.trace.events import (
    Answered,
    Called,
    CommandSent,
    Displayed,
    Event,
    MessageOut,
    PoweredUp,
    ResponseReceived,
)

EVENTS = [
    Event(1.5, "R", Called(0, Function.TRANSMIT_TO_ICC, 1, b"\0\xa4")),
    Event(1.5, "R", Answered(0, Function.CONTROL, 2, Code.SUCCESS, b"\x90\0"), 0.25),
    Event(1.5, "R", MessageOut(1, b"\x65")),
    Event(1.5, "R", PoweredUp(0, None)),
    Event(1.5, "R", PoweredUp(0, b"\x3b\0")),
    Event(1.5, "R", CommandSent(0, b"\0\xa4", 1)),
    Event(1.5, "R", CommandSent(0, b"\0\xa4")),
    Event(1.5, "R", ResponseReceived(0, b"\0", None), 0.5),
    Event(1.5, "R", Displayed(0, "Enter PIN\n****")),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_survives_json(event: Event) -> None:
    assert json_form.from_json(json.loads(json.dumps(json_form.to_json(event)))) == event


def test_a_line_is_made_once() -> None:
    event = Event(1.0, "R", PoweredUp(0, None))
    line = json_form.encoded(event)
    assert json.loads(line)["atr"] is None
    assert json_form.encoded(event) is line
    assert line.endswith(b"}\n")


def test_bytes_are_hexadecimal() -> None:
    assert json_form.to_json(EVENTS[2])["message"] == "65"


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"event": "Nonsense"},
        {"event": "CardInserted", "at": 1.0},
        {"event": "MessageOut", "at": 1.0, "reader": "R", "slot": 0, "message": "x"},
        {"event": "MessageOut", "at": None, "reader": "R", "slot": 0, "message": "00"},
    ],
)
def test_what_is_no_event_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"no event|CardInserted|MessageOut"):
        json_form.from_json(values)
