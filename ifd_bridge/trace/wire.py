"""Events as JSON objects and back: how they leave the process.

`{"event": "CommandSent", "at": 1700000000.0, "reader": "...", "slot": 0, "command": "00a4..."}`;
bytes are hexadecimal.
"""

from __future__ import annotations

import types
from dataclasses import fields
from typing import Any, Union, get_args, get_origin, get_type_hints

from . import events
from .events import Event

KINDS: dict[str, type[Event]] = {
    kind.__name__: kind
    for kind in vars(events).values()
    if isinstance(kind, type) and issubclass(kind, Event)
}
"""Every kind of event by its name."""


def to_json(event: Event) -> dict[str, Any]:
    """An event as an object of plain values."""
    values: dict[str, Any] = {"event": type(event).__name__}
    for field in fields(event):
        value = getattr(event, field.name)
        values[field.name] = value.hex() if isinstance(value, bytes) else value
    return values


def from_json(values: dict[str, Any]) -> Event:
    """The event that an object describes; ValueError if it describes none."""
    kind = KINDS.get(values.get("event", ""))
    if kind is None:
        raise ValueError(f"{values.get('event')!r} is no event")
    hints = get_type_hints(kind)
    try:
        return kind(**{name: _typed(values[name], hint) for name, hint in hints.items()})
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{kind.__name__}: {error!r}") from error


def _typed(value: Any, hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        if value is None:
            return None
        hint = get_args(hint)[0]
    return bytes.fromhex(value) if hint is bytes else hint(value)
