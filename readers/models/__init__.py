"""The reader models by name: our own and those made from descriptors of real readers.

Change one with `dataclasses.replace`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .model import Model, PinpadModel
from .own import OWN_MODELS, PINPAD, PINPAD_DISPLAY, PLAIN, THREE_SLOT, TWO_SLOT, at_level
from .quirks import Quirk

if TYPE_CHECKING:
    MODELS: dict[str, Model]
    """Every model by the name it has on the command line."""

__all__ = [
    "MODELS",
    "PINPAD",
    "PINPAD_DISPLAY",
    "PLAIN",
    "THREE_SLOT",
    "TWO_SLOT",
    "Model",
    "PinpadModel",
    "Quirk",
    "at_level",
    "model_named",
]


def __getattr__(name: str) -> object:
    if name != "MODELS":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .real import REAL_MODELS  # most worlds have readers of ours

    found = globals()[name] = OWN_MODELS | REAL_MODELS
    return found


def model_named(name: str) -> Model | None:
    """The model with this name on the command line; None if there is none."""
    if name in OWN_MODELS:
        return OWN_MODELS[name]
    from .real import REAL_MODELS

    return REAL_MODELS.get(name)
