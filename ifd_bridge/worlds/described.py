"""A world made from its description: with faults, recorder, trace and capture."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..spec import SpecError
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
                sinks.watch(world, about.trace, about.trace_limit, pins=about.show_pins)
                sinks.capture(world, about.pcap, about.pcap_limit, pins=about.show_pins)
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
