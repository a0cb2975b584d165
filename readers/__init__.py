"""Smart card readers: the USB CCID device class 1.1, without any I/O."""

from . import models
from .models import MODELS, Model
from .reader import CcidReader

__all__ = ["MODELS", "CcidReader", "Model", "models"]
