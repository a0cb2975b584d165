"""Readers that every PC/SC program can reach: a server for them, and a private pcscd."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from readers.models.model import addresses, devices
from readers.reader import CcidReader

from ..control.rendezvous import ANNOUNCED
from ..doors.by_name import DoorName
from ..driver.options import DriverOptions
from ..ifdh.server import Served
from ..pcscd.daemon import Entrance, Pcscd, PcscdError
from ..pcscd.private_directory import PrivateDirectory, Undertaker
from ..pcscd.reader_states import NameFilter
from ..pcscd.run_directory import VARIABLE
from ..system.closing import Closing
from ..trace import CAPTURES
from .sight import Sight

if TYPE_CHECKING:
    from ..doors.door import Door, Drivable

MAX_READERS = 16
"""PCSCLITE_MAX_READERS_CONTEXTS: what one pcscd can hold, slots counted."""

START_TIMEOUT_S = 10.0
"""Seconds that pcscd may take to find one reader; it opens several one after another."""
AT_ONCE = 8
"""The number of further readers that adds START_TIMEOUT_S once more."""


def endpoint(
    *readers: CcidReader,
    driver: str = "bridge",
    options: DriverOptions | None = None,
    directory: Path | None = None,
    verbose: bool = False,
) -> Endpoint:
    """These readers behind a private pcscd, for the length of a `with` block.

    Their names are those of their models; `directory` is where the sockets go (default: the
    system's temporary directory), `verbose` makes pcscd's log complete. `driver` is `bridge`
    (ours), or `libccid` or `libccid-serial` for the distribution's own; `options` are what an
    administrator sets for it. ValueError for a reader that cannot be named or set up; PcscdError,
    when entered, if something is missing here.
    """
    at = addresses([reader.model for reader in readers])
    places = [BareReader(reader, address) for reader, address in zip(readers, at, strict=True)]
    door = DoorName.parse(driver, options).door(places)
    return Endpoint(door, readers, directory=directory, verbose=verbose, untold=readers)


class Endpoint(Closing):
    """A private PC/SC world with the readers behind `door`; a context manager.

    While it lasts, `insert` and `eject` of these `readers` return when pcscd has seen it.
    Set `environ` for the programs that are to live in it (libpcsclite reads it once for each
    process; so the worlds of one process share a path, one after another, unless
    `for_this_process` is false). `on_end` is called when pcscd ends by itself, with its status.
    `untold` readers are in no world's trace. PcscdError if no pcscd can run here; ValueError for
    names that pcscd would refuse.
    """

    def __init__(
        self,
        door: Door,
        readers: Sequence[CcidReader] = (),
        *,
        directory: Path | None = None,
        verbose: bool = False,
        untold: Sequence[CcidReader] = (),
        for_this_process: bool = True,
        on_end: Callable[[int | None], None] | None = None,
    ) -> None:
        _need_room(door.slots)
        self._door = door
        self._parent = directory
        self._verbose = verbose
        self._untold = untold
        self._for_this_process = for_this_process
        self._link: Path | None = None
        self._readers = dict(enumerate(readers))
        self._together = devices([reader.model for reader in readers])
        self._next = len(self._readers)
        self._unplugged: set[int] = set()
        self._entrance: Entrance | None = None
        self._on_end = on_end
        self._names = NameFilter()
        self._exits = ExitStack()
        self._private: PrivateDirectory | None = None
        self._undertaker: Undertaker | None = None
        self._pcscd: Pcscd | None = None

    @property
    def directory(self) -> Path:
        """The directory of the sockets and the log; private to this user."""
        if self._private is None:
            raise RuntimeError("the endpoint has not been entered")
        return self._private.path

    @property
    def socket(self) -> Path:
        """The private pcscd's socket."""
        return self.directory / "pcscd.comm"

    @property
    def environ(self) -> dict[str, str]:
        """The environment with which a program finds this pcscd."""
        return {VARIABLE: str(self._link or self.socket)}

    @property
    def pcscd(self) -> Pcscd:
        """The private pcscd; RuntimeError if there is none now."""
        if self._pcscd is None:
            raise RuntimeError("the endpoint has not been entered")
        return self._pcscd

    @property
    def log(self) -> str:
        """The log of pcscd; it is kept after the end."""
        return self._pcscd.log if self._pcscd else ""

    @property
    def sight(self) -> Sight:
        """The private pcscd's view of the readers; RuntimeError if there is none now."""
        return Sight(self.socket, self._readers, self._plugged, self._names.shown)

    @property
    def names(self) -> NameFilter:
        """The filter of names that the private pcscd was started with."""
        return self._names

    def _plugged(self, number: int) -> bool:
        """Whether pcscd has a reader: one that it ignores is not there for it."""
        return number not in self._unplugged and number not in self._hidden()

    def _hidden(self) -> set[int]:
        readers = self._readers.items()
        return {number for number, one in readers if self._names.hides(one.model.name)}

    def __enter__(self) -> Endpoint:
        if self._for_this_process:
            from ..pcscd.process_socket import process_socket

            process_socket()  # before an environment of ours hides what it would have used
        self._private = PrivateDirectory(self._parent)
        if not self._for_this_process:
            self._undertaker = Undertaker(self._private.path, ANNOUNCED)
        if CAPTURES in os.environ:
            from ..trace import captures  # for whole test suites, mostly

            self._exits.enter_context(captures.of_readers(self._untold))
        try:
            self._start(self._private.path)
        except BaseException:
            self.close()
            raise
        return self

    def close(self) -> None:
        """End pcscd and the server and remove the directory. Harmless a second time."""
        for reader in self._readers.values():
            reader.moved = None  # no program sees the movements from here on
        if self._pcscd:
            self._pcscd.stop()
        self._door.close()
        self._exits.close()
        if self._private:
            self._private.remove()
        if self._undertaker:
            self._undertaker.close()
        self._private = None

    def plug(self, number: int) -> None:
        """Plug a reader in again; RuntimeError where that cannot be, or if it is in."""
        for each in self.together(number):
            self._door.plug(each)
            self._unplugged.discard(each)

    def unplug(self, number: int) -> None:
        """Pull a reader out, as from USB; RuntimeError where that cannot be, or if it is out."""
        for each in self.together(number):
            self._door.unplug(each)
            self._unplugged.add(each)

    def add(self, places: Sequence[Drivable]) -> None:
        """Take in further readers, unplugged: RuntimeError where readers cannot come and go.

        ValueError for a reader that the driver does not take, and if there is no room for it.
        """
        readers = [place.reader for place in places]
        there = [one for n, one in self._readers.items() if n not in self._unplugged]
        _need_room(sum(one.model.slots for one in (*there, *readers)))
        self._door.add(places)
        numbers = list(range(self._next, self._next + len(readers)))
        self._next += len(readers)
        self._unplugged.update(numbers)
        self._together.append(numbers)
        self._readers |= zip(numbers, readers, strict=True)
        self.sight.watch()

    def remove(self, number: int) -> None:
        """Forget a reader, which is unplugged, and those of its device: they do not come back."""
        self._door.remove(number)
        gone = self.together(number)
        self._together.remove(gone)
        self._unplugged.difference_update(gone)
        for each in gone:
            self._readers.pop(each).moved = None

    def together(self, number: int) -> list[int]:
        """The readers of the device that this one is an interface of: they come and go with it."""
        return next(places for places in self._together if number in places)

    def _run_pcscd(self, directory: Path) -> None:
        """Start pcscd and wait until it has found every reader; PcscdError says what it said."""
        assert self._entrance is not None
        self._names = NameFilter.of(os.environ)
        for reader in self._readers.values():
            self._names.shown(reader.model.name)  # ValueError where pcscd would refuse it
        self._pcscd = pcscd = _Watched(
            directory, self._entrance, self._door, self._on_end, verbose=self._verbose
        )
        pcscd.start()
        patience_s = START_TIMEOUT_S * (1 + self._door.slots / AT_ONCE)
        if not self._door.ready(patience_s, lambda: not pcscd.running, self._hidden()):
            raise PcscdError(f"pcscd has not begun its work; it said:\n{pcscd.log}")

    @property
    def alive(self) -> bool:
        """Whether the private pcscd runs."""
        return self._pcscd is not None and self._pcscd.running

    def stop_pcscd(self) -> None:
        """Stop the private pcscd alone; RuntimeError if it has ended already."""
        if not self.alive:
            raise RuntimeError("pcscd is not running: vcard service start")
        self.pcscd.stop()

    def start_pcscd(self) -> None:
        """Start it again with the same readers; RuntimeError if it runs, PcscdError if it fails."""
        if self.alive:
            raise RuntimeError("pcscd is running already: vcard service restart")
        for number in self._readers:
            if number not in self._unplugged:
                self._door.renew(number)
        self._run_pcscd(self.directory)

    def _claim(self) -> None:
        """Let this process's own path lead here, unless another world of it is still running."""
        from ..pcscd.process_socket import process_socket

        link, socket = process_socket(), self.socket
        if link.claim(socket):
            self._link = link.path
            self._exits.callback(link.release, socket)

    def _start(self, directory: Path) -> None:
        self._entrance = self._door.open(directory)
        self._run_pcscd(directory)
        if self._for_this_process:
            self._claim()
        self.sight.watch()


class BareReader:
    """A reader outside any world, as a door takes it; `address` is its device's on the bus."""

    def __init__(self, reader: CcidReader, address: int = 1) -> None:
        self.reader = reader
        self.pull: Callable[[], object] | None = None
        self.address = address

    def hid_function(self) -> None:
        """None: its cards are not built in."""

    def drive(self, options: DriverOptions) -> Served:
        """See Drivable."""
        from ..doors.bridge import served  # other doors bring a driver of their own

        return served(self.reader, options, self.address)


def _need_room(slots: int) -> None:
    """Raise ValueError if the slots are more than one pcscd has."""
    if slots > MAX_READERS:
        raise ValueError(f"pcscd holds at most {MAX_READERS} readers, every slot counted")


class _Watched(Pcscd):
    """A pcscd that wakes the threads waiting at its door when it ends."""

    def __init__(
        self,
        directory: Path,
        entrance: Entrance,
        door: Door,
        on_end: Callable[[int | None], None] | None,
        *,
        verbose: bool,
    ) -> None:
        super().__init__(
            directory,
            entrance.readers,
            verbose=verbose,
            drivers=entrance.drivers,
            environ=entrance.environ,
        )
        self._door = door
        self._on_end = on_end

    def ended(self) -> None:
        self._door.wake()
        if self._on_end and not self.stopping:
            self._on_end(self.status)
