"""Smart card readers: the USB CCID device class 1.1, without any I/O."""

from . import models
from .keys import BACKSPACE, CANCEL, CLEAR, OK, Key
from .model import Model
from .models import MODELS
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
