"""Smart cards in Python: ISO/IEC 7816-3 and -4, without any I/O.

Neither sockets, threads, files nor clocks are used here; time is an argument.
"""

from .applet import Applet, handles
from .atr.atr import Atr
from .card import DEFAULT_ATR, Card
from .command import Command, Response
from .contact import Busy, Contact
from .memory import Memory, PowerLost, RamStore, Section, Store, Value
from .pin import Pin
from .reply import Later, Reply
from .sw import SW
from .tlv import Tlv, tlv
from .transmission.habits import Habits

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
