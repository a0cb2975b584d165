from __future__ import annotations

import json

import pytest

from ifd_bridge.ifd import Code, Function
from ifd_bridge.trace import wire
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
    Called(1.5, "R", 0, Function.TRANSMIT_TO_ICC, 1, b"\0\xa4"),
    Answered(1.5, "R", 0, Function.CONTROL, 2, Code.SUCCESS, b"\x90\0", 0.25),
    MessageOut(1.5, "R", 1, b"\x65"),
    PoweredUp(1.5, "R", 0, None),
    PoweredUp(1.5, "R", 0, b"\x3b\0"),
    CommandSent(1.5, "R", 0, b"\0\xa4", 1),
    CommandSent(1.5, "R", 0, b"\0\xa4"),
    ResponseReceived(1.5, "R", 0, b"\0", None, 0.5),
    Displayed(1.5, "R", 0, "Enter PIN\n****"),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_survives_json(event: Event) -> None:
    assert wire.from_json(json.loads(json.dumps(wire.to_json(event)))) == event


def test_bytes_are_hexadecimal() -> None:
    assert wire.to_json(EVENTS[2])["message"] == "65"


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
        wire.from_json(values)
