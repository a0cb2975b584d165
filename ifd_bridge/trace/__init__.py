"""The trace: everything that happens in a world, as one stream of events.

events.py has the events, stream.py carries them; the others here are taps, or feed the stream.
"""

from .events import Event, Tap
from .stream import Stream

CAPTURES = "VCARD_CAPTURES"
"""The variable that asks for a capture of every world (see captures.py)."""

__all__ = ["CAPTURES", "Event", "Stream", "Tap"]
