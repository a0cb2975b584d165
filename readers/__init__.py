"""Smart card readers: the USB CCID device class 1.1, without any I/O.

A name is imported from its module on first use, so that a reader loads only what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

from . import models

if TYPE_CHECKING:
    from .models import MODELS
    from .models.model import Model
    from .pinpad.entry import BACKSPACE, CANCEL, CLEAR, OK, Key
    from .reader import CcidReader
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        models="MODELS",
        models__model="Model",
        pinpad__entry="BACKSPACE CANCEL CLEAR OK Key",
        reader="CcidReader",
    )

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
