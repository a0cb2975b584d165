"""What other programs wrote of a card's commands and answers, read as a recording.

They are logs as text, or captures of a USB bus or of a network.
"""

from __future__ import annotations

from .logged import logged

__all__ = ["logged"]
