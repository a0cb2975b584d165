"""The reader models by name: our own and those made from descriptors of real readers.

Change one with `dataclasses.replace`.
"""

from .model import Model, PinpadModel
from .own import MODELS, PINPAD, PINPAD_DISPLAY, PLAIN, THREE_SLOT, TWO_SLOT, at_level
from .quirks import Quirk

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
