"""Reader models named in one line of text: `--reader MODEL?key=value&...`.

    pinpad
    plain?name=Yubico YubiKey OTP+FIDO+CCID&vendor_id=0x1050
    pinpad?pinpad.min_digits=6&descriptor.wLcdLayout=0x0210

Keys are the fields of readers.models.Model, with a dot those of its parts.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any

from readers import models
from readers.models import Model

from ..spec import Spec, SpecError


def model(text: str) -> Model:
    """The model that the text names; SpecError names what there is instead."""
    spec = Spec.parse(text)
    found = models.MODELS.get(spec.source)
    if found is None:
        known = ", ".join(sorted(models.MODELS))
        raise SpecError(f"no reader model is named {spec.source!r}; there are {known}")
    for key, value in spec.options.items():
        found = _changed(found, key, value, key)
    return found


def _changed(part: Any, key: str, value: str, whole: str) -> Any:
    """The dataclass with one field changed, however deep."""
    name, dot, rest = key.partition(".")
    known = {field.name: getattr(part, field.name) for field in fields(part)}
    if name not in known:
        raise SpecError(f"a reader has no option {whole!r}; here are {', '.join(known)}")
    before = known[name]
    if dot and is_dataclass(before):
        return replace(part, **{name: _changed(before, rest, value, whole)})
    try:
        return replace(part, **{name: _like(before, value)})
    except (ValueError, TypeError) as error:
        raise SpecError(f"the reader option {whole!r}: {error}") from error


def _like(before: object, value: str) -> object:
    """`value` as the type that the field has."""
    if isinstance(before, str):
        return value
    if isinstance(before, int):
        return type(before)(int(value, 0))
    raise TypeError(f"a {type(before).__name__} cannot be given as text")
