"""A world as a file: TOML, as `--print-world` writes it and `--world` and `vcard_world` read it.

    name = "alice"                      # what --world-name finds it by
    driver = "bridge?as=1.8.4"
    faults = ["ins=20,nth=2:mute"]
    seed = 7
    trace = "trace.txt"                 # `-` is the terminal; also pcap, record, ...

    [[reader]]
    model = "pinpad"
    card = "piv?demo"

    [[reader]]
    model = "two-slot"
    cards = ["hello", ""]               # a card for each slot, "" for none

All that stands in it is said as on the command line; paths start from the current directory.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from ..spec import SpecError
from .reader_models import DEFAULT_MODEL, usual_model


@dataclass(frozen=True, slots=True)
class ReaderDescription:
    """A reader: its model, and the SPEC of the card in each slot ("" or less of them: none)."""

    model: str = DEFAULT_MODEL
    cards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldDescription:
    """The parts of a world, and its observers."""

    readers: tuple[ReaderDescription, ...] = ()
    name: str | None = None
    driver: str = "bridge"
    faults: tuple[str, ...] = ()
    seed: int = 0
    trace: str | None = None
    """A file for the trace; `-` is the terminal."""
    trace_limit: int | None = None
    """The bound of the file's size in bytes."""
    pcap: str | None = None
    pcap_limit: int | None = None
    record: str | None = None
    show_pins: bool = False

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a file; SpecError names it and says what is wrong."""
        try:
            return cls.parse(path.expanduser().read_text())
        except OSError as error:
            raise SpecError(f"{path}: {error.strerror}") from error
        except (UnicodeDecodeError, SpecError) as error:
            raise SpecError(f"{path}: {error}") from error

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read TOML; SpecError says what is wrong."""
        import tomllib  # most worlds have no file

        try:
            told = tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise SpecError(f"no TOML: {error}") from error
        readers = told.pop("reader", [])
        if not isinstance(readers, list) or not all(isinstance(one, dict) for one in readers):
            raise SpecError("readers are tables, each under [[reader]]")
        return cls(readers=tuple(map(_reader, readers)), **_values(told, _WORLD))

    def __str__(self) -> str:
        lines = []
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "readers" and value != field.default:
                lines.append(f"{field.name.replace('_', '-')} = {_toml(value)}")
        for reader in self.readers:
            lines += ["", "[[reader]]", f"model = {_toml(reader.model)}"]
            if len(reader.cards) == 1:
                lines.append(f"card = {_toml(reader.cards[0])}")
            elif reader.cards:
                lines.append(f"cards = {_toml(reader.cards)}")
        return "\n".join(lines).lstrip() + "\n"


def _reader(told: dict[str, Any]) -> ReaderDescription:
    values = _values(told, _READER)
    cards = values.get("cards", ())
    if "card" in values:
        if cards:
            raise SpecError("a reader has `card` or `cards`, not both")
        cards = (values["card"],)
    return ReaderDescription(values.get("model") or usual_model(cards), cards)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise SpecError("is a text")
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise SpecError("is a list of texts")
    return tuple(value)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise SpecError("is a whole number")
    return value


def _switch(value: object) -> bool:
    if not isinstance(value, bool):
        raise SpecError("is true or false")
    return value


Reads = Mapping[str, Callable[[object], Any]]
_READER: Reads = {"model": _text, "card": _text, "cards": _texts}
_WORLD: Reads = {
    "name": _text,
    "driver": _text,
    "faults": _texts,
    "seed": _number,
    "trace": _text,
    "trace-limit": _number,
    "pcap": _text,
    "pcap-limit": _number,
    "record": _text,
    "show-pins": _switch,
}


def _values(told: Mapping[str, object], reads: Reads) -> dict[str, Any]:
    """The values of a table by the names of their fields; SpecError names the key."""
    values = {}
    for key, value in told.items():
        if key not in reads:
            raise SpecError(f"no key is called {key!r}; there are {', '.join(reads)}")
        try:
            values[key.replace("-", "_")] = reads[key](value)
        except SpecError as error:
            raise SpecError(f"{key} {error}, not {value!r}") from None
    return values


def _toml(value: object) -> str:
    """A value as TOML writes it, which for texts, numbers, switches and lists is as JSON does."""
    return json.dumps(value, ensure_ascii=False)
