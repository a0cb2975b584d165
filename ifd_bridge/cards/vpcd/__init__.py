"""vsmartcard's wire protocol, both ways: our cards in a vpcd, foreign cards in our readers."""

from .foreign import ForeignCard, ForeignSlot
from .vpicc import Vpicc, serve

__all__ = ["ForeignCard", "ForeignSlot", "Vpicc", "serve"]
