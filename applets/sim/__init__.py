"""A SIM card: USIM, ISIM and the class of 2G on a UICC, after the specifications of 3GPP.

Needs `cryptography`, but not to be listed: what needs it is imported when it is first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the package is optional
    from .sim import Sim
    from .small_usim import from_toml, small_subscription
    from .subscription import Subscription, SubscriptionFiles
    from .usim import Aka, AlgorithmId

__all__ = [
    "Aka",
    "AlgorithmId",
    "Sim",
    "Subscription",
    "SubscriptionFiles",
    "from_toml",
    "small_subscription",
]

_HOMES = {
    "Aka": "usim",
    "AlgorithmId": "usim",
    "Sim": "sim",
    "Subscription": "subscription",
    "SubscriptionFiles": "subscription",
    "from_toml": "small_usim",
    "small_subscription": "small_usim",
}


def __getattr__(name: str) -> Any:
    """Import what needs the optional package (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
