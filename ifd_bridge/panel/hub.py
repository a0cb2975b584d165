"""The hub: keeps the view up to date and wakes the viewers.

One thread reads the world's events and reduces them to a view of bounded size. Viewers have no
queues: each is woken at most once until it has looked, and takes what is new from the view's ring.
So two browsers are in step, a slow one sees less, a dead one costs nothing.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from ifd_bridge.system import threads
from ifd_bridge.system.closing import Closing
from ifd_bridge.trace.events import Event

from .view import KINDS, Values, View


class World(Protocol):
    """A connection to the world: what ifd_bridge.control.client.Control is."""

    def do(self, verb: str, **arguments: Any) -> Any:
        """Let the world do something."""

    def events(
        self, *, pins: bool = False, kinds: list[str] | None = None, most: int | None = None
    ) -> Iterator[Event]:
        """Events as they happen."""

    def close(self) -> None:
        """Hang up."""


MOST = 100
"""Most events at once for a viewer; of more, the newest are shown."""

Connect = Callable[[], World]


class Viewer:
    """A viewer: `wake` is called, in another thread, when there is something new."""

    def __init__(self, hub: Hub, wake: Callable[[], None]) -> None:
        self._hub, self._wake = hub, wake
        self._changed, self._told = -1, 0
        self.armed = True

    def news(self) -> dict[str, Any]:
        """Return the changes since the last look: `state`, `lines` and `lost`, if there are any."""
        news: dict[str, Any] = {}
        with self._hub.lock:
            view = self._hub.view
            self.armed = True
            if view.changed != self._changed:
                news["state"] = view.state()
            lines, lost = view.lines_after(self._told)
            self._changed, self._told = view.changed, view.told
            if self._hub.ended:
                news["ended"] = True
        if lines:
            news["lines"] = lines
        if lost:
            news["lost"] = lost
        return news

    def stir(self) -> None:
        """Wake the viewer, unless it is awake already. The hub's lock is held."""
        if self.armed:
            self.armed = False
            self._wake()


class Hub(Closing):
    """A context manager that follows the world that `connect` leads to, until it ends."""

    def __init__(self, connect: Connect, *, pins: bool = False) -> None:
        self.view = View()
        self.lock = threading.Lock()
        self.ended = False
        self._connect = connect
        self._pins = pins
        self._viewers: tuple[Viewer, ...] = ()
        self._stream = connect()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Hub:
        self._thread = threads.start("vcard-panel", self._follow, self._end)
        self.refresh()
        return self

    def close(self) -> None:
        """Follow no more."""
        self._stream.close()
        if self._thread is not None:
            self._thread.join(5)

    def do(self, verb: str, **arguments: Any) -> Any:
        """Let the world do something; RuntimeError says why it will not."""
        with contextlib.closing(self._connect()) as world:
            return world.do(verb, **arguments)

    def refresh(self) -> None:
        """Ask the world which readers there are."""
        try:
            readers: list[Values] = self.do("list")
        except (RuntimeError, OSError):
            return  # it has ended: the stream will say so
        with self.lock:
            self.view.listed(readers)
            self._stir()

    def look(self, wake: Callable[[], None]) -> Viewer:
        """A new viewer; `leave` when it has gone."""
        viewer = Viewer(self, wake)
        with self.lock:
            self._viewers = (*self._viewers, viewer)
        return viewer

    def leave(self, viewer: Viewer) -> None:
        """Forget a viewer; harmless a second time."""
        with self.lock:
            self._viewers = tuple(other for other in self._viewers if other is not viewer)

    @property
    def watched(self) -> int:
        """The number of viewers."""
        return len(self._viewers)

    def _follow(self) -> None:
        try:
            for event in self._stream.events(pins=self._pins, kinds=list(KINDS), most=MOST):
                self._take(event)
        except (RuntimeError, OSError, ValueError):
            pass  # the world has ended, or we have hung up
        self._end()

    def _end(self) -> None:
        with self.lock:
            self.ended = True
            self._stir()

    def _take(self, event: Event) -> None:
        with self.lock:
            moved = self.view.event(event)
            self._stir()
        if moved:
            self.refresh()

    def _stir(self) -> None:
        for viewer in self._viewers:
            viewer.stir()
