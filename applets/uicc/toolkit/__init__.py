"""The toolkit: proactive commands to the terminal, and envelopes from it.

    card.cat.queue(0, display_text("Hello"))

Spec: ETSI TS 102 223.
"""

from .cat import REFRESH, Answer, Application, Cat, Script
from .commands import Item, ProactiveCommand, read_command
from .envelopes import Envelope

__all__ = [
    "REFRESH",
    "Answer",
    "Application",
    "Cat",
    "Envelope",
    "Item",
    "ProactiveCommand",
    "Script",
    "read_command",
]
