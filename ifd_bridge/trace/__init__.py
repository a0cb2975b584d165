"""What happens in a world, as one stream of events, and the ways to watch it.

events.py has the events and the stream; every other module here is a tap or what feeds one.
"""

from .events import Event, Stream, Tap

__all__ = ["Event", "Stream", "Tap"]
