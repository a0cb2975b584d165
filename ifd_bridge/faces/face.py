"""Faces: a reader as a device for a driver that is not ours."""

from __future__ import annotations

import threading
from typing import Protocol


class Face(Protocol):
    """A device from `open` to `close`; `opened` is set when a driver has taken all its slots."""

    opened: threading.Event

    def open(self) -> None:
        """Let drivers find the device."""

    def close(self) -> None:
        """Take the device away: its reader loses its supply. Harmless a second time."""
