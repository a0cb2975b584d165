"""Stand-ins for a card, or around one: scripted cards, recordings, faults."""

from .faults import Faults
from .recording import Recorder, ReplayCard
from .scripted import ScriptedCard

__all__ = ["Faults", "Recorder", "ReplayCard", "ScriptedCard"]
