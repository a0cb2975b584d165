"""The trace: everything that happens in a world, as one stream of events.

events.py has the events, stream.py carries them; the others here are taps, or feed the stream.
"""

from .events import Event, Tap
from .stream import Stream

__all__ = ["Event", "Stream", "Tap"]
