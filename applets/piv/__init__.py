"""A PIV card: keys, certificates and PINs as NIST SP 800-73-4 has them.

Needs the `crypto` extra (`cryptography`, `asn1crypto`), but not to be listed: what needs it is
imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .codes import AID, Algorithm, PinPolicy, Slot

if TYPE_CHECKING:  # `cryptography` is optional, and takes its time
    from .issuing import Issuer
    from .management_key import SymmetricKey
    from .piv import Piv

__all__ = ["AID", "Algorithm", "Issuer", "PinPolicy", "Piv", "Slot", "SymmetricKey"]

_HOMES = {"Issuer": "issuing", "Piv": "piv", "SymmetricKey": "management_key"}


def __getattr__(name: str) -> Any:
    """Import what needs `cryptography` (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
