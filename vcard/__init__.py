"""Smart cards in Python: ISO/IEC 7816-3 and -4, without any I/O.

Neither sockets, threads, files nor clocks are used here; time is an argument.
A name is imported from its module on first use, so that a card loads only what it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .on_demand import on_demand
from .tlv import Tlv, tlv  # not on demand: the function has its module's name

if TYPE_CHECKING:
    from .applet import Applet, handles
    from .atr.atr import Atr
    from .card import DEFAULT_ATR, Card
    from .command import Command, Later, Reply, Response
    from .contact import Busy, Contact, Habits
    from .memory import Memory, PowerLost, RamStore, Section, Store, Value
    from .pin import Pin
    from .sw import SW
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        applet="Applet handles",
        atr__atr="Atr",
        card="DEFAULT_ATR Card",
        command="Command Later Reply Response",
        contact="Busy Contact Habits",
        memory="Memory PowerLost RamStore Section Store Value",
        pin="Pin",
        sw="SW",
    )

__all__ = [
    "DEFAULT_ATR",
    "SW",
    "Applet",
    "Atr",
    "Busy",
    "Card",
    "Command",
    "Contact",
    "Habits",
    "Later",
    "Memory",
    "Pin",
    "PowerLost",
    "RamStore",
    "Reply",
    "Response",
    "Section",
    "Store",
    "Tlv",
    "Value",
    "handles",
    "tlv",
]
