"""A world: readers with their cards, a private pcscd, and a socket to steer them by.

What `vcard run`, `vcard serve` and the pytest plugin make. Everything that a person can do to a
world is a verb here; cli and panel reach them through control.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

from readers import CcidReader
from readers.models import Model
from vcard.touch import Touch

from ..cards import opening
from ..closing import Closing
from ..control import rendezvous
from ..control.client import VARIABLE
from ..control.server import ControlServer
from ..doors.by_name import door, serve
from ..driver.options import DriverOptions
from ..ifdh.server import Served
from ..trace import Stream, captures
from ..trace.events import HostChanged, Plugged, ReaderEvent, Unplugged
from ..trace.traced_driver import TracedDriver
from . import reader_models
from .endpoint import Endpoint
from .place import Place
from .wrapping import Wrapper

TOUCH_S = 60.0
"""How long `touch` waits until a card asks, unless told otherwise."""


class Host(Protocol):
    """The pcscd that has a world's readers: one of its own, or the system's."""

    @property
    def directory(self) -> Path:
        """Where the sockets are."""

    @property
    def environ(self) -> dict[str, str]:
        """What a program's environment needs."""

    @property
    def log(self) -> str:
        """What pcscd has said, as far as it can be known."""

    def plug(self, number: int) -> None:
        """Plug a reader in."""

    def unplug(self, number: int) -> None:
        """Pull a reader out."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """End."""


@runtime_checkable
class HasUsbHosts(Protocol):
    """A Host whose readers are USB devices of hosts elsewhere."""

    def state(self, number: int) -> dict[str, Any]:
        """What `vcard list` tells of a reader's host."""

    def told(self) -> Sequence[str]:
        """What a person has to know or to type, line by line."""


def private(driver: str = "bridge", *, verbose: bool = False) -> Callable[[World], Endpoint]:
    """A pcscd of the world's own; `driver` is as for `endpoint`, ValueError if it is none."""
    make = door(driver)
    return lambda world: Endpoint(make(world.readers, world.serve), verbose=verbose)


class World(Closing):
    """A private PC/SC world; a context manager, entered once.

    `readers` are models (or their names on the command line), each with the SPEC of the card in
    its first slot or None. ValueError says what is wrong with them; PcscdError and OSError why no
    world can be had here. Programs that are to live in it need `environ`. `host` makes
    another pcscd than one of its own. `wrappers` are put around every card, the last outermost.
    """

    def __init__(
        self,
        readers: Iterable[tuple[str | Model, str | None]],
        *,
        host: Callable[[World], Host] | None = None,
        wrappers: Sequence[Wrapper] = (),
    ) -> None:
        self.trace = Stream()
        self.places: list[Place] = []
        self._host = host or private()
        self._running: Host | None = None
        self._exits = contextlib.ExitStack()
        self._environ: dict[str, str] = {}
        for model, card in readers:
            known = reader_models.models(model) if isinstance(model, str) else [model]
            for one in known:
                self.places.append(Place(len(self.places), one, self.trace, wrappers))
            if card is not None:
                self.places[-len(known)].trays[0].load(card)
        for place, name in zip(self.places, captures.names(self.readers), strict=True):
            place.name = name

    @property
    def environ(self) -> dict[str, str]:
        """What the environment of a program in this world needs."""
        return dict(self._environ)

    @property
    def log(self) -> str:
        """What pcscd has said while the world lasts."""
        return self._running.log if self._running else ""

    def told(self) -> Sequence[str]:
        """What a person has to know to use the world, beyond its environment, line by line."""
        host = self._running
        return host.told() if isinstance(host, HasUsbHosts) else ()

    @property
    def readers(self) -> Sequence[CcidReader]:
        """The readers themselves."""
        return [place.reader for place in self.places]

    @property
    def models(self) -> dict[str, Model]:
        """What the readers are, by their names in the trace."""
        return {place.name: place.model for place in self.places}

    def serve(self, reader: CcidReader, options: DriverOptions, address: int = 1) -> Served:
        """One of the readers with a driver of ours, whose calls are in the trace."""
        place = next(place for place in self.places if place.reader is reader)
        served, name = serve(reader, options, address), place.name
        place.source = served.source
        drivers = [TracedDriver(one, self.trace, name, n) for n, one in enumerate(served.drivers)]
        return Served(served.source, drivers)

    def __enter__(self) -> World:
        with contextlib.ExitStack() as exits:
            exits.enter_context(captures.of_world(self.trace, self.models))
            for place in self.places:
                exits.callback(place.eject_all)
                place.watch()
                place.insert_all()
            host = self._running = exits.enter_context(self._host(self))
            control = ControlServer(host.directory / "control", self.verbs(), self.trace)
            exits.callback(control.close)
            control.start()
            exits.enter_context(rendezvous.announced(control.path))
            self._environ = {**host.environ, VARIABLE: str(control.path)}
            self._exits = exits.pop_all()
        return self

    def close(self) -> None:
        """End it: the cards go, then pcscd. Harmless a second time."""
        self._exits.close()
        self.trace.close()

    # What a person can do

    def departures(self) -> Sequence[str]:
        """Where clients left the recordings that are being replayed."""
        trays = (tray for place in self.places for tray in place.trays)
        return [tray.departure for tray in trays if tray.departure]

    def progress(self) -> Sequence[tuple[str, int, int]]:
        """The long work that cards are at: what, how much is done, of how much."""
        trays = (tray for place in self.places for tray in place.trays)
        return [tray.progress for tray in trays if tray.progress is not None]

    def verbs(self) -> dict[str, Callable[..., Any]]:
        """The verbs of the control socket."""
        return {
            "list": self.list,
            "insert": self.insert,
            "eject": self.eject,
            "swap": self.swap,
            "press": self.press,
            "pin": self.pin,
            "touch": self.touch,
            "plug": self.plug,
            "unplug": self.unplug,
        }

    def list(self) -> Sequence[dict[str, Any]]:
        """Every reader, its slots and what is in them."""
        return [place.state() | self._usb_host(place) for place in self.places]

    def insert(self, card: str | None = None, reader: str | int = 0, slot: int = 0) -> None:
        """Put a card in: the one that SPEC `card` names, or the one that was there before."""
        place = self.find(reader)
        tray = place.tray(slot)
        if tray.inserted:
            raise RuntimeError(f"there is a card in {place.name!r} already: {tray.name}")
        if card is not None:
            tray.load(card)
        if tray.card is None:
            raise RuntimeError(f"{place.name!r} has had no card yet: name one")
        place.insert(slot)

    def eject(self, reader: str | int = 0, slot: int = 0) -> None:
        """Take the card out."""
        place = self.find(reader)
        tray = place.tray(slot)
        if not tray.inserted:
            raise RuntimeError(f"there is no card in {place.name!r}")
        place.eject(slot)

    def swap(self, card: str | None = None, reader: str | int = 0, slot: int = 0) -> None:
        """Take the card out and put another (or the same) in, as quickly as can be."""
        tray = self.find(reader).tray(slot)
        fresh = opening.open_card(card) if card is not None else tray.card
        self.eject(reader, slot)
        tray.card, tray.name = fresh, card or tray.name
        self.insert(None, reader, slot)

    def press(self, keys: Sequence[str], reader: str | int | None = None) -> None:
        """Press keys, one after the other; those that come early wait for the next PIN entry."""
        place = self._with_keypad(reader)
        place.reader.pinpad.queue(*keys)

    def pin(self, pin: str, reader: str | int | None = None) -> None:
        """Type a PIN and OK: into the PIN entry under way, or into the next one."""
        self.press([*pin, "OK"], reader)

    def touch(
        self,
        reader: str | int | None = None,
        slot: int = 0,
        *,
        wait: bool = False,
        seconds: float = TOUCH_S,
    ) -> None:
        """Touch a card's button, now or for the next time that the card asks.

        `wait` waits until it asks: RuntimeError if it has not within `seconds`.
        """
        place, button = self._with_button(reader, slot)
        if wait:
            with place.asked:
                wanted = place.asked.wait_for(lambda: button.wanted, seconds)
            if not wanted:
                raise RuntimeError(f"no touch was wanted within {seconds:g} s")
        button.press()

    def plug(self, reader: str | int = 0) -> None:
        """Plug a reader in again."""
        place, host = self.find(reader), self._entered()
        if not place.plugged:
            self._tell(place, Plugged(0))
        host.plug(place.number)
        place.plugged = True

    def unplug(self, reader: str | int = 0) -> None:
        """Pull a reader out."""
        place = self.find(reader)
        self._entered().unplug(place.number)
        place.reader.reset()
        place.plugged, place.pulled = False, True
        self._tell(place, Unplugged(0))

    def _tell(self, place: Place, what: ReaderEvent) -> None:
        if self.trace.on:
            self.trace.say(place.name, what)

    def find(self, reader: str | int) -> Place:
        """A reader by its number or a part of its name; ValueError names those there are."""
        for place in self.places:
            if str(reader) == str(place.number):
                return place
        found = [place for place in self.places if str(reader).lower() in place.name.lower()]
        if len(found) == 1:
            return found[0]
        names = ", ".join(f"{place.number} {place.name!r}" for place in found or self.places)
        raise ValueError(f"{'which' if found else 'no'} reader is {reader!r}? There are {names}")

    # Inside

    def host_changed(self, number: int, state: str, by: str) -> None:
        """Tell the trace that a reader's USB host has come, configured it, or gone."""
        self._tell(self.places[number], HostChanged(0, state, by))

    def _usb_host(self, place: Place) -> dict[str, Any]:
        host = self._running
        return {"host": host.state(place.number)} if isinstance(host, HasUsbHosts) else {}

    def _entered(self) -> Host:
        if self._running is None:
            raise RuntimeError("the world has not been entered")
        return self._running

    def _with_button(self, reader: str | int | None, slot: int) -> tuple[Place, Touch]:
        """The card that is named; the first one with a button if none is."""
        if reader is not None:
            place = self.find(reader)
            button = place.tray(slot).touch
            if button is None:
                raise RuntimeError(f"no card with a button is in {place.name!r}")
            return place, button
        for place in self.places:
            for tray in place.trays:
                if tray.touch is not None:
                    return place, tray.touch
        raise RuntimeError("no card here has a button; `--card fido2` has one")

    def _with_keypad(self, reader: str | int | None) -> Place:
        if reader is not None:
            place = self.find(reader)
            if not place.model.has_pinpad:
                raise RuntimeError(f"{place.name!r} has no keypad")
            return place
        for place in self.places:
            if place.model.has_pinpad:
                return place
        raise RuntimeError("no reader here has a keypad; `--reader pinpad` has one")
