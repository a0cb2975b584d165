"""Smart card readers: the USB CCID device class 1.1, without any I/O."""

from . import models
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
