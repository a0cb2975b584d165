"""A reader model's fields as text: in a line (`quirks=ppdu,checks-atr`) and as TOML.

One text form for each type of field; a list of TOML is the same values joined by commas.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import IntFlag
from functools import cache
from typing import Any, get_type_hints

from readers.models import Model, Quirk
from readers.models.model import Endpoint, TransferType

from ..spec import SpecError

ANY = "any"
"""Text of a set that is not limited (None)."""


def changed(part: Any, key: str, value: str, whole: str) -> Any:
    """The dataclass with one field changed, however deep; SpecError names the option."""
    name, dot, rest = key.partition(".")
    known = {field.name: getattr(part, field.name) for field in fields(part)}
    if name not in known:
        raise SpecError(f"a reader has no option {whole!r}; {_instead(known, key)}")
    before = known[name]
    if dot and is_dataclass(before):
        return replace(part, **{name: changed(before, rest, value, whole)})
    read = _reader(type(part), name)
    if read is None:
        inner = ", ".join(f"{name}.{field.name}" for field in fields(before))
        raise SpecError(f"the reader option {whole!r} has parts: {inner}")
    try:
        return replace(part, **{name: read(value)})
    except (ValueError, TypeError) as error:
        raise SpecError(f"the reader option {whole!r}: {error}") from error


def _instead(known: Mapping[str, Any], key: str) -> str:
    """Suggest what a wrong name may mean: a field of that part, or one of the known names."""
    for name, part in known.items():
        if is_dataclass(part) and key in (field.name for field in fields(part)):
            return f"it is {name}.{key}"
    return f"here are {', '.join(known)}"


def from_toml(text: str, base: Callable[[str], Model]) -> Model:
    """The model that a TOML text describes; `base` finds the one that its `model` key names."""
    try:
        told = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SpecError(f"no TOML: {error}") from error
    model = base(str(told.pop("model", "plain")))
    for key, value in _flat(told, ""):
        model = changed(model, key, value, key)
    return model


def _flat(table: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    """The values of a table and of those in it, by dotted names, as text."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            values = value if isinstance(value, list) else [value]
            yield prefix + key, ",".join(str(one) for one in values)


def to_toml(model: Model) -> str:
    """Everything of a model as TOML, which `from_toml` reads back."""
    lines = ['model = "plain"', *_assignments(model)]
    for field in fields(model):
        part = getattr(model, field.name)
        if is_dataclass(part) and not isinstance(part, type):
            lines += ["", f"[{field.name}]", *_assignments(part)]
    return "\n".join(lines) + "\n"


def _assignments(part: Any) -> Iterator[str]:
    for field in fields(part):
        value = getattr(part, field.name)
        if not is_dataclass(value):
            yield f"{field.name} = {_toml(field.name, value)}"


def _toml(name: str, value: Any) -> str:
    """One value; numbers of ids and bits in hexadecimal."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, float) or value is None:
        return _string(ANY) if value is None else str(value)
    if isinstance(value, IntFlag) or (isinstance(value, int) and _is_bits(name)):
        return f"{int(value):#06x}"
    if isinstance(value, int):
        return str(value)
    return "[" + ", ".join(_item(one) for one in _items(value)) + "]"


def _is_bits(name: str) -> bool:
    """True for numbers that people read in hexadecimal: ids, releases, bit fields."""
    return name.startswith(("bcd", "dwFeatures", "dwProtocols", "wLcd")) or name.endswith("_id")


def _string(text: str) -> str:
    """A TOML basic string."""
    escaped = "".join(
        f"\\u{ord(c):04x}" if ord(c) < 0x20 or c in '"\\' or ord(c) == 0x7F else c for c in text
    )
    return f'"{escaped}"'


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, Quirk):
        yield from (quirk_name(one) for one in value)
    elif isinstance(value, frozenset):
        yield from sorted(value)
    else:
        yield from value


def _item(one: Any) -> str:
    if isinstance(one, Endpoint):
        return _string(endpoint_text(one))
    if isinstance(one, tuple):
        return _string(":".join(raw.hex() for raw in one))
    return str(one) if isinstance(one, int) else _string(str(one))


# Texts of the types


def quirk_name(quirk: Quirk) -> str:
    """A quirk as people write it: `zero-length-packets`."""
    return str(quirk.name).lower().replace("_", "-")


def endpoint_text(one: Endpoint) -> str:
    """`bulk:01/64` or `interrupt:83/8/24`: kind, address (hex), packet size, interval."""
    interval = f"/{one.interval}" if one.interval else ""
    return f"{one.kind.name.lower()}:{one.address:02x}/{one.packet_size}{interval}"


def _quirks(text: str) -> Quirk:
    known = {quirk_name(one): one for one in Quirk}
    made = Quirk.NONE
    for name in _words(text):
        if name.lower().replace("_", "-") not in known:
            raise ValueError(f"no quirk is named {name!r}; there are {', '.join(known)}")
        made |= known[name.lower().replace("_", "-")]
    return made


def _escapes(text: str) -> tuple[tuple[bytes, bytes], ...]:
    return tuple(_escape(word) for word in _words(text))


def _escape(word: str) -> tuple[bytes, bytes]:
    request, colon, answer = word.partition(":")
    if not colon:
        raise ValueError(f"an escape is REQUEST:ANSWER in hexadecimal, not {word!r}")
    return bytes.fromhex(request), bytes.fromhex(answer)


def _endpoints(text: str) -> tuple[Endpoint, ...]:
    return tuple(_endpoint(word) for word in _words(text))


def _endpoint(word: str) -> Endpoint:
    kind, colon, rest = word.partition(":")
    address, *numbers = rest.split("/")
    if not colon or kind.upper() not in TransferType.__members__ or len(numbers) > 2:
        raise ValueError(f"an endpoint is bulk:01/64 or interrupt:83/8/24, not {word!r}")
    return Endpoint(int(address, 16), TransferType[kind.upper()], *(int(n) for n in numbers))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(word, 0) for word in _words(text))


def _set(text: str) -> frozenset[int] | None:
    return None if text == ANY else frozenset(_numbers(text))


def _seconds(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 3600:
        raise ValueError(f"0..3600 seconds, not {text}")
    return value


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _int(text: str) -> int:
    return int(text, 0)


def _switch(text: str) -> bool:
    known = {"": True, "true": True, "yes": True, "false": False, "no": False}
    if text.lower() not in known:
        raise ValueError(f"yes or no, not {text!r}")
    return known[text.lower()]


_READERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: _int,
    bool: _switch,
    float: _seconds,
    Quirk: _quirks,
    tuple[int, ...]: _numbers,
    tuple[tuple[bytes, bytes], ...]: _escapes,
    tuple[Endpoint, ...]: _endpoints,
    frozenset[int] | None: _set,
}
"""The parser of a field's text, by the field's type."""


_hints = cache(get_type_hints)


def _reader(kind: type, name: str) -> Callable[[str], Any] | None:
    hint = _hints(kind)[name]
    if hint == int | None:
        return lambda text: None if text == ANY else _int(text)
    return _READERS.get(hint)
