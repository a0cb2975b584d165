"""A world as it is described: with its faults, its recorder, its trace and its capture."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from .description import WorldDescription
from .world import World

if TYPE_CHECKING:  # most worlds write nothing beside their work
    from .sinks import Sinks
    from .wrapping import Wrapper

Make = Callable[["Sequence[Wrapper]"], World]
Making = Callable[[], contextlib.AbstractContextManager[object]]


@contextlib.contextmanager
def described(
    about: WorldDescription, make: Make, making: Making = contextlib.nullcontext
) -> Iterator[tuple[World, Sinks | None]]:
    """The world that `make` makes with these wrappers, entered, and what it writes beside its work.

    `making` surrounds all that happens until it is entered. ValueError for faults that are none;
    OSError if a file cannot be written.
    """
    with contextlib.ExitStack() as exits:
        with making():
            sinks = _sinks(about)
            of_cards, of_readers = faults_of(about.faults)
            wrappers = _faulty(of_cards, about.seed) if of_cards else []
            if sinks is not None:
                wrappers += exits.enter_context(sinks).wrappers
            world = make(wrappers)
            for place in world.places if of_readers else ():
                place.break_by(of_readers)
            if sinks is not None:
                sinks.watch(world, about.trace, about.trace_limit, pins=about.show_pins)
                sinks.capture(world, about.pcap, about.pcap_limit, pins=about.show_pins)
            exits.enter_context(world)
        yield world, sinks


def faults_of(texts: Sequence[str]) -> tuple[list[str], list[str]]:
    """The faults of cards, and those of readers."""
    if not texts:
        return [], []
    from readers.fault_text import is_reader_fault  # few worlds have faults

    of_readers = [text for text in texts if is_reader_fault(text)]
    return [text for text in texts if text not in of_readers], of_readers


def _faulty(texts: Sequence[str], seed: int) -> list[Wrapper]:
    from .wrapping import faulty

    return [faulty(texts, seed)]


def _sinks(about: WorldDescription) -> Sinks | None:
    """Return the writers of the named files; None, and nothing imported, without any."""
    if (about.record, about.trace, about.pcap) == (None, None, None):
        return None
    from .sinks import Sinks

    return Sinks(None if about.record is None else Path(about.record))
