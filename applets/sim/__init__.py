"""A SIM card: USIM, ISIM and the class of 2G on a UICC, after the specifications of 3GPP."""

from .sim import Sim
from .small_usim import from_toml, subscription
from .subscription import Subscription, SubscriptionFiles
from .usim import Aka, AlgorithmId

__all__ = [
    "Aka",
    "AlgorithmId",
    "Sim",
    "Subscription",
    "SubscriptionFiles",
    "from_toml",
    "subscription",
]
