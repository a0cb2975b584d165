"""A SIM card: USIM, ISIM and the 2G class (A0) on a UICC, as specified by 3GPP.

Importing the package needs no extra; the first use of a name that needs it imports `cryptography`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

if TYPE_CHECKING:  # the package is optional
    from .sim import Sim
    from .small_usim import from_toml, small_subscription
    from .subscription import Subscription, SubscriptionFiles
    from .usim import Aka, AlgorithmId
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        sim="Sim",
        small_usim="from_toml small_subscription",
        subscription="Subscription SubscriptionFiles",
        usim="Aka AlgorithmId",
    )

__all__ = [
    "Aka",
    "AlgorithmId",
    "Sim",
    "Subscription",
    "SubscriptionFiles",
    "from_toml",
    "small_subscription",
]
