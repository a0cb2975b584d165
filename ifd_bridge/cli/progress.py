"""Bars for long work, on a terminal's stderr and nowhere else."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from ifd_bridge.system import threads

if TYPE_CHECKING:
    from ifd_bridge.worlds.world import World

LOOK_S = 0.1


def bar(items: Sequence[Any], label: str) -> Any:
    """A bar around items, for a `with` block that goes through what it gives."""
    return click.progressbar(items, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())


def counted(count: int, label: str) -> Iterator[int]:
    """The numbers 0..count-1, with a bar."""
    with bar(range(count), label) as numbers:
        yield from numbers


@contextlib.contextmanager
def of_cards(world: World) -> Iterator[None]:
    """A bar while a card of the world is at long work, as long as the context lasts."""
    if not sys.stderr.isatty():
        yield
        return
    over = threading.Event()
    thread = threads.start("vcard-progress", lambda: _watch(world, over))
    try:
        yield
    finally:
        over.set()
        thread.join()


def _watch(world: World, over: threading.Event) -> None:
    while not over.wait(LOOK_S):
        for what, done, total in world.progress():
            if done < total:
                _follow(world, over, what, total)
                break


def _follow(world: World, over: threading.Event, what: str, total: int) -> None:
    """Show one piece of work until it is done, or given up."""
    with click.progressbar(length=total, label=what, file=sys.stderr) as shown:
        while not over.is_set():
            at = [done for name, done, size in world.progress() if (name, size) == (what, total)]
            if not at:
                return
            shown.update(at[0] - shown.pos)
            over.wait(LOOK_S)
