"""An eUICC after GSMA SGP.22, and for the Internet of Things after SGP.32.

Needs the `esim` extra (`cryptography`) when a name of it is first used; importing the package does
not.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the packages are optional, and take their time
    from .core import Config
    from .euicc import Euicc
    from .iot.eim import Eim
    from .lsi import Mep
    from .pki import Pki
    from .profiles import Profile
    from .small_profile import from_toml, profile

__all__ = ["Config", "Eim", "Euicc", "Mep", "Pki", "Profile", "from_toml", "profile"]

_HOMES = {
    "Config": "core",
    "Eim": "iot.eim",
    "Euicc": "euicc",
    "Mep": "lsi",
    "Pki": "pki",
    "Profile": "profiles",
    "from_toml": "small_profile",
    "profile": "small_profile",
}


def __getattr__(name: str) -> Any:
    """Import what needs optional packages (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
