"""An OpenPGP card: keys for signing, decryption and authentication, as GnuPG uses them.

Needs the `openpgp` extra (`cryptography`), but not to be listed: what needs it is imported when it
is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .codes import AUTHENTICATION, DECRYPTION, SIGNATURE, Slot

if TYPE_CHECKING:  # `cryptography` is optional, and takes its time
    from .openpgp import OpenPgp
    from .persona import Persona

__all__ = ["AUTHENTICATION", "DECRYPTION", "SIGNATURE", "OpenPgp", "Persona", "Slot"]

_HOMES = {"OpenPgp": "openpgp", "Persona": "persona"}


def __getattr__(name: str) -> Any:
    """Import what needs `cryptography` (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
