"""Events as JSON objects and back, for other processes.

`{"event": "CommandSent", "at": 1700000000.0, "reader": "...", "slot": 0, "command": "00a4..."}`;
bytes are hexadecimal, `seconds` is there where something took time.
"""

from __future__ import annotations

import json
import types
from collections.abc import Callable
from dataclasses import fields
from typing import Any, Union, get_args, get_origin, get_type_hints

from .events import KINDS, Event, ReaderEvent


def encoded(event: Event) -> bytes:
    """An event as a line of JSON with its newline; made once, however many want it."""
    if not event.encoded:
        event.encoded = json.dumps(to_json(event), separators=(",", ":")).encode() + b"\n"
    return event.encoded


def to_json(event: Event) -> dict[str, Any]:
    """An event as an object of plain values."""
    what = event.what
    values: dict[str, Any] = {
        "event": type(what).__name__,
        "at": event.at,
        "reader": event.reader,
    }
    for name in _READERS[type(what)]:
        value = getattr(what, name)
        values[name] = value.hex() if isinstance(value, bytes) else value
    if event.seconds is not None:
        values["seconds"] = event.seconds
    return values


def from_json(values: dict[str, Any]) -> Event:
    """The event that an object describes; ValueError if it describes none."""
    kind = KINDS.get(values.get("event", ""))
    if kind is None:
        raise ValueError(f"{values.get('event')!r} is no event")
    try:
        what = kind(**{name: read(values[name]) for name, read in _READERS[kind].items()})
        seconds = values.get("seconds")
        took = None if seconds is None else float(seconds)
        return Event(float(values["at"]), str(values["reader"]), what, took)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{kind.__name__}: {error!r}") from error


def _reader(hint: Any) -> Callable[[Any], Any]:
    """Return the conversion of a JSON value into one of the type `hint`."""
    if get_origin(hint) in (Union, types.UnionType):
        read = _reader(get_args(hint)[0])
        return lambda value: None if value is None else read(value)
    if hint is bytes:
        return bytes.fromhex
    make: Callable[[Any], Any] = hint
    return make


_READERS: dict[type[ReaderEvent], dict[str, Callable[[Any], Any]]] = {
    kind: {field.name: _reader(get_type_hints(kind)[field.name]) for field in fields(kind)}
    for kind in KINDS.values()
}
"""The fields of each kind of happening, and what reads them."""
