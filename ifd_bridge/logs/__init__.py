"""Logs of other programs, read as recordings of a card's commands and answers.

They are logs as text, or captures of a USB bus or of a network.
"""

from __future__ import annotations

from .logged import logged

__all__ = ["logged"]
