"""Cards described by a TOML file: `card = "..."`, and the card's options as keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from applets import catalogue

from ..spec import Spec, SpecError
from ..system.reading import read_text
from .option_files import relative_to

LONGEST = 1 << 20
"""Bytes of a file that names a card."""


def from_toml(spec: Spec) -> Spec:
    """Read the SPEC that a TOML file stands for; SpecError says what is wrong with the file.

    Options behind the `?` win over those of the file. Paths in the file are relative to it.
    """
    path = Path(spec.source).expanduser()
    try:
        text = read_text(path, LONGEST)
    except ValueError as error:
        raise SpecError(str(error)) from error
    try:
        options = dict(_flat(tomllib.loads(text)))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise SpecError(f"{path}: {error}") from error
    source = options.pop("card", "")
    if not source:
        raise SpecError(f'{path}: card = "..." is missing; built in are {catalogue.listed()}')
    return Spec(source, relative_to(path.parent, source, options) | spec.options)


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Keys with dots, values as text, as they would stand behind a `?`."""
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            pairs.append((prefix + key, ",".join(map(_text, value))))
        else:
            pairs.append((prefix + key, _text(value)))
    return pairs


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
