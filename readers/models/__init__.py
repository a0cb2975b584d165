"""The reader models by name: our own and those made from descriptors of real readers.

Change one with `dataclasses.replace`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

from .model import Model, PinpadModel, Quirk
from .own import PINPAD, PINPAD_DISPLAY, PLAIN, THREE_SLOT, TWO_SLOT, at_level

if TYPE_CHECKING:  # most worlds have readers of ours
    from .real import MODELS
else:
    __getattr__, __dir__ = on_demand(__name__, real="MODELS")

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
]
