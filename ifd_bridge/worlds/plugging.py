"""The readers of a world: lay them out, plug and unplug them, add and remove them."""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from readers.models import Model
from readers.models.model import devices

from ..pcscd.reader_states import NameFilter
from ..trace import Stream
from ..trace.events import Plugged
from . import reader_models
from .host import Host
from .place import Place

if TYPE_CHECKING:  # few worlds wrap their cards
    from .wrapping import Wrapper

Wanted = tuple[str | Model, str | Sequence[str] | None]
"""A model (or its name on the command line), and the SPEC of its card, or one for each slot."""

MOST_DEVICES = 127
"""Addresses of a bus."""
UNFILTERED = NameFilter()
_AS_LISTED = re.compile(r"(\d+)/\d+")
_AS_CLIENTS_PRINT = re.compile(r"(.+) [0-9A-F]{2} [0-9A-F]{2}")


class Layout:
    """Makes the places of one world: each reports to its trace, and wraps its cards alike."""

    def __init__(self, trace: Stream, wrappers: Sequence[Wrapper] = ()) -> None:
        self.trace = trace
        self._wrappers = wrappers
        self.faults: tuple[Sequence[str], int] = (), 0
        """The faults of every reader and card, and the seed of random ones."""

    def places(self, readers: Iterable[Wanted], first: int = 0) -> list[Place]:
        """The places of these readers, numbered from `first`; ValueError if one cannot be."""
        made: list[Place] = []
        for model, cards in readers:
            made += self._device(model, cards, first + len(made))
        return made

    def _device(
        self, model: str | Model, cards: str | Sequence[str] | None, first: int
    ) -> list[Place]:
        """One device, whose interfaces may be several readers; the cards are in the first one."""
        known = reader_models.models(model) if isinstance(model, str) else [model]
        if not cards and any(one.is_token for one in known):
            raise ValueError(f"the card of {known[0].name!r} is built in: name it, by --card")
        places = [
            Place(number, one, self.trace, self._wrappers)
            for number, one in enumerate(known, first)
        ]
        for place in places:
            place.break_by(*self.faults)
        for slot, card in enumerate([cards] if isinstance(cards, str) else cards or ()):
            if card:
                places[0].tray(slot).load(card)
        return places


class Plugging:
    """The readers of a world at `places`, and those that `layout` makes later."""

    def __init__(self, places: Sequence[Place], layout: Layout) -> None:
        self.places: list[Place] = []
        """The readers there are. A reader that was removed leaves its number unused."""
        self.models: dict[str, Model] = {}
        """The models by the readers' names in the trace, of those, too, that were removed."""
        self._known: dict[int, Place] = {}
        """The readers by their numbers, also one that is being removed."""
        self._next = 0
        """The number of the next reader: those of removed ones are not used again."""
        self._names: set[str] = set()
        """The names of all models that have ever been there."""
        self._last_address = 0
        self._layout = layout
        self._changing = threading.Lock()
        self._running: Host | None = None
        """The pcscd that has the readers, from the time that it has been made."""
        self._address(places)
        self._join(places)

    def find(self, reader: str | int) -> Place:
        """A reader by its number or a part of its name; ValueError names those there are."""
        return find(self.places, reader, self.names)

    @property
    def names(self) -> NameFilter:
        """The names that pcscd gives the readers."""
        return self._running.names if self._running else NameFilter()

    def break_by(self, faults: Sequence[str], seed: int = 0) -> None:
        """Let every reader, those too that are added later, fail as `--fault` says.

        ValueError for a text that is no fault here.
        """
        for place in self.places:
            place.break_by(faults, seed)
        self._layout.faults = faults, seed

    def fault(
        self, faults: Sequence[str] = (), reader: str | int | None = None, seed: int = 0
    ) -> None:
        """Let one reader fail from now on as `--fault` says; without `faults` it works again.

        None is the only reader. A fault of a card counts from the next time that one is put in.
        ValueError for a text that is no fault here, and if there are more readers.
        """
        self._only(reader).break_by(faults, seed)

    def plug(self, reader: str | int = 0, *, wait: bool = True) -> None:
        """Plug a reader in again; returns when pcscd lists it, unless `wait` is false.

        Readers that are interfaces of one device come together.
        """
        place, host = self.find(reader), self._entered()
        beside = self._beside(place)
        for each in beside:
            if not each.plugged:
                each.tell(Plugged(0))
        host.plug(place.number)
        for each in beside:
            each.plugged = True
        if wait and host.sight:
            for each in beside:
                host.sight.wait_for_reader(each.number)
                with contextlib.suppress(TimeoutError):  # a card may take longer to power up
                    self._seen(each)

    def unplug(self, reader: str | int = 0, *, wait: bool = True) -> None:
        """Pull a reader out, with the others of its device; waits as `plug` does."""
        place, host = self.find(reader), self._entered()
        host.unplug(place.number)
        self._pulled(self._beside(place), wait=wait)

    def add(
        self,
        reader: str | None = None,
        cards: Sequence[str] = (),
        *,
        faults: Sequence[str] | None = None,
        seed: int = 0,
        wait: bool = True,
    ) -> list[int]:
        """Plug in a reader that was not there; its number, or those of its device's interfaces.

        `reader` is a model as on the command line, `cards` the SPEC of the card in each slot, ""
        for none, `faults` how it fails: None for as all of this world do. Returns when pcscd lists
        it, unless `wait` is false. ValueError for a model, card or fault that cannot be, or a name
        that this pcscd has not known from its start; RuntimeError where readers cannot come and
        go; TimeoutError if pcscd has not found it within 10 s: then it has gone.
        """
        host = self._entered()
        with self._changing:
            made = self._layout.places(
                [(reader or reader_models.usual_model(cards), list(cards))], self._next
            )
            self._address(made)
            for place in made:
                place.plugged = False
                if faults is not None:
                    place.break_by(faults, seed)
            host.add(made)
            self._join(made)
        for place in made:
            place.watch()
            place.insert_all()
        try:
            self.plug(made[0].number, wait=wait)
        except (TimeoutError, RuntimeError):
            self.remove(made[0].number, wait=False)
            raise
        return [place.number for place in made]

    def remove(self, reader: str | int | None = None, *, wait: bool = True) -> None:
        """Pull a reader out for good, with the others of its device; waits as `plug` does.

        None is the only reader: ValueError if there are more. RuntimeError where readers cannot
        come and go.
        """
        place, host = self._only(reader), self._entered()
        with self._changing:
            beside = self._beside(place)
            plugged = place.plugged
            if plugged:
                host.unplug(place.number)
            self.places = [each for each in self.places if each not in beside]
        try:
            self._pulled(beside, wait=wait and plugged)
        finally:
            for each in beside:
                each.clear()
            self._forget(beside)

    def _forget(self, places: Sequence[Place]) -> None:
        """Let nothing hold on to readers that have gone, once the trace has told all of them."""
        self._layout.trace.settle()
        with self._changing:
            self._entered().remove(places[0].number)
            for place in places:
                place.unwatch()
                del self._known[place.number], self.models[place.name]

    def _only(self, reader: str | int | None) -> Place:
        """The reader that is named; the only one if none is, ValueError if there are more."""
        if reader is not None:
            return self.find(reader)
        if len(self.places) != 1:
            raise ValueError(f"which reader? There are {listed(self.places)}")
        return self.places[0]

    def _pulled(self, places: Sequence[Place], *, wait: bool) -> None:
        """Readers have lost their supply; tell, and wait until pcscd lists them no more."""
        sight = self._entered().sight
        for place in places:
            place.gone()
            if wait and sight:
                sight.wait_for_reader(place.number)

    def _beside(self, place: Place) -> Sequence[Place]:
        """The places of one device."""
        return [self._known[number] for number in self._entered().together(place.number)]

    def _join(self, places: Sequence[Place]) -> None:
        """Take places in, each with a name that no other has, as the trace tells them apart."""
        models = [place.model.name for place in places]
        for place in places:
            name = place.model.name
            several = name in self._names or models.count(name) > 1
            place.name = f"{name} {place.number:02X}" if several else name
            self.models[place.name] = place.model
            self._known[place.number] = place
        self._names.update(models)
        self._next += len(places)
        self.places = [*self.places, *places]

    def _address(self, places: Sequence[Place]) -> None:
        """Give each the address of its device; ValueError if that is one that is there already."""
        last = next(reversed(self._known.values()), None)
        if last and places and devices([last.model, places[0].model]) == [[0, 1]]:
            raise ValueError(
                f"{places[0].model.name!r} is another interface of {last.name!r}: the"
                " readers of one device are plugged in together, when the world begins"
            )
        for numbers in devices([place.model for place in places]):
            address = self._free_address()
            for number in numbers:
                places[number].address = address

    def _free_address(self) -> int:
        """The next address that no device has; one that has become free comes last.

        Spec: USB 2.0, 9.1.1.4 (addresses); 127 of them, as a host assigns them.
        """
        taken = {place.address for place in self._known.values()}
        turns = ((self._last_address + turn) % MOST_DEVICES + 1 for turn in range(MOST_DEVICES))
        self._last_address = next(address for address in turns if address not in taken)
        return self._last_address

    def _seen(self, place: Place) -> None:
        """Wait until pcscd has seen what is in a reader now."""
        if self._running and (sight := self._running.sight):
            for slot in range(len(place.trays)):
                sight.wait_for_slot(place.number, slot, place.counted(slot))

    def _entered(self) -> Host:
        if self._running is None:
            raise RuntimeError("the world has not been entered")
        return self._running


def plain(text: str, filtered: NameFilter = UNFILTERED) -> str:
    """`0/1` as `vcard list` prints it is reader 0, `NAME 00 00` as clients print it is NAME.

    `filtered` is what pcscd makes of names.
    """
    if found := _AS_LISTED.fullmatch(text):
        return found[1]
    found = _AS_CLIENTS_PRINT.fullmatch(text)
    return filtered.own(found[1]) if found else text


def find(places: Sequence[Place], reader: str | int, filtered: NameFilter = UNFILTERED) -> Place:
    """Return the place that is named; an exact name wins. ValueError names those there are."""
    named = plain(str(reader), filtered)
    for place in places:
        if named == str(place.number):
            return place
    exact = [place for place in places if named in (place.name, place.model.name)]
    found = exact or [place for place in places if named.lower() in place.name.lower()]
    if len(found) == 1:
        return found[0]
    question = "which" if found else "no"
    raise ValueError(f"{question} reader is {reader!r}? There are {listed(found or places)}")


def listed(places: Sequence[Place]) -> str:
    """Readers as a message tells them: number and name of each."""
    return ", ".join(f"{place.number} {place.name!r}" for place in places) or "none"
