"""Every reader model, by the name that it has on the command line."""

from __future__ import annotations

from .model import Model
from .own import OWN_MODELS
from .real import REAL_MODELS

MODELS: dict[str, Model] = OWN_MODELS | REAL_MODELS
"""Our own models, and those after real readers."""
