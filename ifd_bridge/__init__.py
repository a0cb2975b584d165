"""PC/SC for readers: sockets, processes, pcscd and the command line.

The names below are imported on first use, so that commands that steer a running world start without
the code that creates one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .pcscd.daemon import PcscdError
    from .worlds.endpoint import Endpoint, endpoint
else:

    def __getattr__(name: str) -> object:
        """Find a name by vcard.on_demand, which commands that ask for none start without."""
        if name.startswith("__"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from vcard.on_demand import on_demand

        find, _ = on_demand(
            __name__, pcscd__daemon="PcscdError", worlds__endpoint="Endpoint endpoint"
        )
        return find(name)

    def __dir__() -> list[str]:
        return [*globals(), *__all__]


__all__ = ["Endpoint", "PcscdError", "endpoint"]
