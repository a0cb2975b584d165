"""A YubiKey: management, OATH, OTP, HSMAuth, PIV and FIDO2 beside a security domain.

Needs the `fido2` extra (`cryptography`, `asn1crypto`, `cbor2`), but not to be listed: what needs it
is imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the optional packages take their time
    from .yubikey import YubiKey

__all__ = ["YubiKey"]


def __getattr__(name: str) -> Any:
    """Import what needs optional packages (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.yubikey"), name)
