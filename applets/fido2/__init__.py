"""A FIDO2 authenticator: CTAP 2.1 and U2F, on a smart card and as a HID device.

Needs the `fido2` extra (`cryptography`, `cbor2`), but not to be listed: what needs it is imported
when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from vcard.touch import Touch

from .codes import AID
from .settings import Settings

if TYPE_CHECKING:  # `cryptography` is optional, and takes its time
    from .fido2 import Fido2
    from .issuing import Attestation, Issuer

__all__ = ["AID", "Attestation", "Fido2", "Issuer", "Settings", "Touch"]

_HOMES = {"Attestation": "issuing", "Fido2": "fido2", "Issuer": "issuing"}


def __getattr__(name: str) -> Any:
    """Import what needs `cryptography` (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
