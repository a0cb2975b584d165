"""PC/SC for readers: sockets, processes, pcscd and the command line.

The names below are imported on first use, so that commands that steer a running world start without
the code that creates one.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .pcscd.daemon import PcscdError
    from .worlds.endpoint import Endpoint, endpoint

__all__ = ["Endpoint", "PcscdError", "endpoint"]

_HOMES = {
    "Endpoint": "worlds.endpoint",
    "endpoint": "worlds.endpoint",
    "PcscdError": "pcscd.daemon",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(importlib.import_module(f".{_HOMES[name]}", __name__), name)
    return found


def __dir__() -> list[str]:
    return [*globals(), *__all__]
