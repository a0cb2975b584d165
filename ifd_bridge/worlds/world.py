"""A world: readers with their cards, a private pcscd, and a socket to steer them by.

What `vcard run`, `vcard serve` and the pytest plugin make. Everything that a person can do to a
world is a verb here; cli and panel reach them through control.py.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Sequence
from typing import Any

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
from ..pcscd.reader_states import SEEN_TIMEOUT_S
from ..trace import Stream, captures
from ..trace.events import HostChanged, Plugged, ReaderEvent, Unplugged
from ..trace.traced_driver import TracedDriver
from . import addresses, reader_models, service, waiting
from .endpoint import Endpoint
from .host import HasUsbHosts, Host
from .place import Place
from .status import Status
from .wrapping import Wrapper

TOUCH_S = 60.0
"""How long `touch` waits until a card asks, unless told otherwise."""


def private(
    driver: str = "bridge",
    *,
    verbose: bool = False,
    for_this_process: bool = True,
    on_end: Callable[[int | None], None] | None = None,
) -> Callable[[World], Endpoint]:
    """A pcscd of the world's own; `driver` is as for `endpoint`, ValueError if it is none."""
    make = door(driver)
    return lambda world: Endpoint(
        make(world.readers, world.serve),
        world.readers,
        verbose=verbose,
        for_this_process=for_this_process,
        on_end=on_end,
    )


class World(Closing):
    """A private PC/SC world; a context manager, entered once.

    `readers` are models (or their names on the command line), each with the SPEC of the card in
    its first slot or None. ValueError says what is wrong with them; PcscdError and OSError why no
    world can be had here. Programs that are to live in it need `environ`. `host` makes
    another pcscd than one of its own. `wrappers` are put around every card, the last outermost.
    `name` is what `--world-name` finds it by, `about` the command that it is for, and `on_stop`
    what `vcard stop` does.
    """

    def __init__(
        self,
        readers: Iterable[tuple[str | Model, str | None]],
        *,
        host: Callable[[World], Host] | None = None,
        wrappers: Sequence[Wrapper] = (),
        name: str | None = None,
        about: Sequence[str] = (),
        on_stop: Callable[[], None] | None = None,
    ) -> None:
        self.name = None if name is None else rendezvous.check_name(name)
        self._status = Status(about, on_stop)
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
        for place, unique in zip(self.places, captures.names(self.readers), strict=True):
            place.name = unique

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
            exits.enter_context(rendezvous.announced(control.path, self.name))
            self._environ = {**host.environ, VARIABLE: str(control.path)}
            self._exits = exits.pop_all()
        for place in self.places:
            with contextlib.suppress(TimeoutError):  # a card may take longer to power up
                self._seen(place)
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
            "wait": self.wait,
            "status": self.status,
            "stop": self._status.stop,
            "service": self.service,
        }

    def list(self) -> Sequence[dict[str, Any]]:
        """Every reader, its slots and what is in them."""
        return [place.state() | self._usb_host(place) for place in self.places]

    def insert(
        self,
        card: str | None = None,
        reader: str | int = 0,
        slot: int = 0,
        *,
        wait: bool = True,
    ) -> None:
        """Put a card in: the one that SPEC `card` names, or the one that was there before.

        Returns when pcscd has seen it, unless `wait` is false; TimeoutError after 10 s.
        """
        place = self.find(reader)
        tray = place.tray(slot)
        if tray.inserted:
            raise RuntimeError(f"there is a card in {place.name!r} already: {tray.name}")
        if card is not None:
            tray.load(card)
        if tray.card is None:
            raise RuntimeError(f"{place.name!r} has had no card yet: name one")
        place.insert(slot)
        if wait:
            self._seen(place)

    def eject(self, reader: str | int = 0, slot: int = 0, *, wait: bool = True) -> None:
        """Take the card out; waits as `insert` does."""
        place = self.find(reader)
        tray = place.tray(slot)
        if not tray.inserted:
            raise RuntimeError(f"there is no card in {place.name!r}")
        place.eject(slot)
        if wait:
            self._seen(place)

    def swap(
        self,
        card: str | None = None,
        reader: str | int = 0,
        slot: int = 0,
        *,
        wait: bool = True,
    ) -> None:
        """Take the card out and put another (or the same) in, as soon as pcscd has seen it go."""
        tray = self.find(reader).tray(slot)
        fresh = opening.open_card(card) if card is not None else tray.card
        self.eject(reader, slot, wait=wait)
        tray.card, tray.name = fresh, card or tray.name
        self.insert(None, reader, slot, wait=wait)

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

    def plug(self, reader: str | int = 0, *, wait: bool = True) -> None:
        """Plug a reader in again; returns when pcscd lists it, unless `wait` is false."""
        place, host = self.find(reader), self._entered()
        if not place.plugged:
            self._tell(place, Plugged(0))
        host.plug(place.number)
        place.plugged = True
        if wait and host.sight:
            host.sight.wait_for_reader(place.number)
            with contextlib.suppress(TimeoutError):  # a card may take longer to power up
                self._seen(place)

    def unplug(self, reader: str | int = 0, *, wait: bool = True) -> None:
        """Pull a reader out; waits as `plug` does."""
        place = self.find(reader)
        self._entered().unplug(place.number)
        place.reader.reset()
        place.plugged, place.pulled = False, True
        self._tell(place, Unplugged(0))
        if wait and (sight := self._entered().sight):
            sight.wait_for_reader(place.number)

    def wait(
        self,
        condition: str = "card",
        reader: str | int = 0,
        slot: int = 0,
        timeout: float = SEEN_TIMEOUT_S,
    ) -> None:
        """Wait until a reader is in the state that `condition` names (waiting.CONDITIONS).

        TimeoutError after `timeout` seconds; ValueError for a condition that is none.
        """
        place, sight = self.find(reader), self._entered().sight
        waiting.wait(place, slot, sight, condition, timeout)

    def status(self) -> dict[str, Any]:
        """The world's name, process, command, age, readers, and whether its pcscd lives."""
        host = self._entered()
        return {
            "name": self.name or host.directory.name,
            "pcscd": getattr(host, "alive", True),
            "readers": [place.name for place in self.places],
            "cards": [t.name for p in self.places for t in p.trays if t.inserted and t.name],
            **self._status.told(),
        }

    def service(self, action: str = "status") -> str:
        """Stop or start the pcscd inside, as an administrator would; what it is then.

        ValueError for another action than stop, start, restart and status; RuntimeError if the
        pcscd is not ours.
        """
        service.change(self._entered(), action)
        for place in self.places:
            place.pulled = place.pulled or action in ("start", "restart")
        return service.state(self._entered())

    def _seen(self, place: Place) -> None:
        """Wait until pcscd has seen what is in a reader now."""
        if self._running and (sight := self._running.sight):
            for slot in range(len(place.trays)):
                sight.wait_for_slot(place.number, slot, place.counted(slot))

    def _tell(self, place: Place, what: ReaderEvent) -> None:
        if self.trace.on:
            self.trace.say(place.name, what)

    def find(self, reader: str | int) -> Place:
        """A reader by its number or a part of its name; ValueError names those there are."""
        return addresses.find(self.places, reader)

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
