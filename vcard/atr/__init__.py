"""The answer to reset: its layout and values, checks, building, and words for all of it.

Spec: ISO/IEC 7816-3, 8.2.
"""

from .atr import Atr

__all__ = ["Atr"]
