"""A world: readers with their cards, a private pcscd, and a socket to steer them by.

`vcard run`, `vcard serve` and the pytest plugin create one from its description. This module begins
and ends a world; verbs.py acts on it in between.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from readers import CcidReader

from ..control import rendezvous
from ..control.client import VARIABLE
from ..control.server import ControlServer
from ..doors.by_name import DoorName
from ..spec import SpecError
from ..system.closing import Closing
from ..trace import CAPTURES, Stream
from .description import WorldDescription
from .endpoint import Endpoint
from .host import HasUsbHosts, MakeHost
from .plugging import Layout, Wanted
from .verbs import Status, Verbs

if TYPE_CHECKING:  # few worlds wrap their cards, or write anything beside their work
    from ..system.written_file import WrittenFile
    from .sinks import Sinks
    from .wrapping import Wrapper


def private(
    driver: str = "bridge",
    *,
    verbose: bool = False,
    for_this_process: bool = True,
    on_end: Callable[[int | None], None] | None = None,
) -> MakeHost:
    """A pcscd of the world's own; `driver` is as for `endpoint`, ValueError if it is unknown."""
    chosen = DoorName.parse(driver)
    return lambda places: Endpoint(
        chosen.door(places),
        [place.reader for place in places],
        verbose=verbose,
        for_this_process=for_this_process,
        on_end=on_end,
    )


class World(Verbs, Closing):
    """A private PC/SC world; a context manager, entered once.

    `readers` are models (or their names on the command line), each with the SPEC of the card in
    its first slot, the SPECs for its slots ("" for none), or None. ValueError says what is
    wrong with them; PcscdError and OSError why no world can be had here. Programs that are to live
    in it need `environ`. `host` makes another pcscd than one of its own. `wrappers` are put around
    every card, the last outermost. `name` is what `--world-name` finds it by, `about` the command
    that it is for, and `on_stop` what `vcard stop` does.
    """

    def __init__(
        self,
        readers: Iterable[Wanted],
        *,
        host: MakeHost | None = None,
        wrappers: Sequence[Wrapper] = (),
        name: str | None = None,
        about: Sequence[str] = (),
        on_stop: Callable[[], None] | None = None,
    ) -> None:
        self.name = None if name is None else rendezvous.check_name(name)
        self.trace = Stream()
        layout = Layout(self.trace, wrappers)
        super().__init__(layout.places(readers), layout, self.name, Status(about, on_stop))
        self._make_host = host or private()
        self._exits = contextlib.ExitStack()
        self._environ: dict[str, str] = {}
        self._captured: WrittenFile | None = None

    @property
    def capture_failed(self) -> bool:
        """Whether the capture that VCARD_CAPTURES asks for lacks something."""
        return self._captured is not None and self._captured.failure is not None

    @property
    def environ(self) -> dict[str, str]:
        """The environment that programs in this world need."""
        return dict(self._environ)

    @property
    def log(self) -> str:
        """The log of pcscd while the world lasts."""
        return self._running.log if self._running else ""

    def told(self) -> Sequence[str]:
        """Return what a user must know beyond the environment, line by line."""
        host = self._running
        return host.told() if isinstance(host, HasUsbHosts) else ()

    @property
    def readers(self) -> Sequence[CcidReader]:
        """The readers themselves."""
        return [place.reader for place in self.places]

    def __enter__(self) -> World:
        with contextlib.ExitStack() as exits:
            if CAPTURES in os.environ:
                from ..trace import captures  # for whole test suites, mostly

                self._captured = exits.enter_context(captures.of_world(self.trace, self.models))
            exits.callback(self._eject_all)
            for place in self.places:
                place.watch()
                place.insert_all()
            host = self._running = exits.enter_context(self._make_host(self.places))
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

    def _eject_all(self) -> None:
        for place in self.places:
            place.eject_all()

    def departures(self) -> Sequence[str]:
        """Return where clients departed from the recordings that are replayed."""
        trays = (tray for place in self.places for tray in place.trays)
        return [tray.departure for tray in trays if tray.departure]

    def progress(self) -> Sequence[tuple[str, int, int]]:
        """The long work that cards are at: what, how much is done, of how much."""
        trays = (tray for place in self.places for tray in place.trays)
        return [tray.progress for tray in trays if tray.progress is not None]


Make = Callable[["Sequence[Wrapper]"], World]
Making = Callable[[], contextlib.AbstractContextManager[object]]


@contextlib.contextmanager
def described(
    about: WorldDescription, make: Make, making: Making = contextlib.nullcontext
) -> Iterator[tuple[World, Sinks | None]]:
    """The world that `make` makes with these wrappers, entered, and what it writes beside its work.

    `making` surrounds all that happens until it is entered. ValueError for faults that are none
    and for a limit without its file; OSError if a file cannot be written.
    """
    with contextlib.ExitStack() as exits:
        with making():
            sinks = _sinks(about)
            world = make([] if sinks is None else exits.enter_context(sinks).wrappers)
            if about.faults:
                world.break_by(about.faults, about.seed)
            if sinks is not None:
                sinks.watch(world.trace, about.trace, about.trace_limit, pins=about.show_pins)
                sinks.capture(
                    world.trace,
                    world.models,
                    about.pcap,
                    about.pcap_limit,
                    pins=about.show_pins,
                )
            exits.enter_context(world)
        yield world, sinks


def _sinks(about: WorldDescription) -> Sinks | None:
    """Return the writers of the named files; None, and nothing imported, without any."""
    for name, file, limit in (
        ("trace", about.trace, about.trace_limit),
        ("pcap", about.pcap, about.pcap_limit),
    ):
        if limit is not None and file is None:
            raise SpecError(f"{name}-limit needs {name}: there is no file to limit")
    if (about.record, about.trace, about.pcap) == (None, None, None):
        return None
    from .sinks import Sinks

    return Sinks(None if about.record is None else Path(about.record))
