"""Cards described by a TOML file: `card = "..."`, and the card's options as keys."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from applets import catalogue

from ..spec import Spec, SpecError
from .option_files import paths


def from_toml(spec: Spec) -> Spec:
    """Read the SPEC that a TOML file stands for; SpecError says what is wrong with the file.

    Options behind the `?` win over those of the file. Paths in the file are relative to it.
    """
    path = Path(spec.source).expanduser()
    try:
        table = tomllib.loads(path.read_text())
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: {error}") from error
    options = dict(_flat(table))
    source = options.pop("card", "")
    if not source:
        raise SpecError(f'{path}: card = "..." is missing; built in are {catalogue.listed()}')
    for name in paths(source) & options.keys():
        options[name] = str(path.parent / options[name])
    return Spec(source, options | spec.options)


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
