"""Smart card readers: the USB CCID device class 1.1, without any I/O.

A name is imported from its module on first use, so that a reader loads only what it needs.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from . import models

if TYPE_CHECKING:
    from .models import MODELS
    from .models.model import Model
    from .pinpad.keys import BACKSPACE, CANCEL, CLEAR, OK, Key
    from .reader import CcidReader

__all__ = [
    "BACKSPACE",
    "CANCEL",
    "CLEAR",
    "MODELS",
    "OK",
    "CcidReader",
    "Key",
    "Model",
    "models",
]
_HOMES = {
    "MODELS": "models",
    "Model": "models.model",
    "BACKSPACE": "pinpad.keys",
    "CANCEL": "pinpad.keys",
    "CLEAR": "pinpad.keys",
    "OK": "pinpad.keys",
    "Key": "pinpad.keys",
    "CcidReader": "reader",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
