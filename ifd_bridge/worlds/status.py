"""The status of a world, and the request to end it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from typing import Any


class Status:
    """The process of a world: the command it is for, since when, and what ends it."""

    def __init__(self, about: Sequence[str], on_stop: Callable[[], None] | None) -> None:
        self._about = list(about)
        self._on_stop = on_stop
        self._began = time.monotonic()

    def told(self) -> dict[str, Any]:
        """The process's number, its command and its age in seconds."""
        age = round(time.monotonic() - self._began, 1)
        return {"pid": os.getpid(), "command": self._about, "age": age}

    def stop(self) -> None:
        """End the world; RuntimeError if only its own program can."""
        if self._on_stop is None:
            raise RuntimeError(
                f"this world belongs to a program (process {os.getpid()}) and ends with it"
            )
        self._on_stop()
