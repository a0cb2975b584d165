"""A capture of every private world, where the environment asks for it.

VCARD_CAPTURES names a folder; each world that begins, in this process or in a child, writes a file
of its own there. So a whole test suite's traffic can be looked at in Wireshark.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from readers.models.model import Model
from readers.reader import CcidReader

from . import CAPTURES
from .stream import Stream

if TYPE_CHECKING:  # most worlds write no capture
    from ..system.written_file import WrittenFile

_numbers = itertools.count(1)


def of_world(
    stream: Stream, models: Mapping[str, Model]
) -> AbstractContextManager[WrittenFile | None, bool | None]:
    """Capture a stream's events of readers of these models, by name, if VCARD_CAPTURES is set.

    The context gives the file, or None.
    """
    folder = os.environ.get(CAPTURES)
    if not folder:
        return contextlib.nullcontext()
    from .capture_file import captured

    path = Path(folder) / f"{_name()}.pcapng"
    path.parent.mkdir(parents=True, exist_ok=True)
    return captured(stream, models, str(path))


@contextlib.contextmanager
def of_readers(readers: Sequence[CcidReader]) -> Iterator[None]:
    """Capture readers that are in no world's stream, if VCARD_CAPTURES is set.

    A reader that already has a tap is left alone.
    """
    if not readers or not os.environ.get(CAPTURES):
        yield
        return

    stream = Stream()
    called = list(zip(names(readers), readers, strict=True))
    for name, reader in called:
        stream.know(name, partial(getattr, reader, "secrets"))
    taps = [(reader, stream.teller(name)) for name, reader in called]
    with of_world(stream, {name: reader.model for name, reader in called}):
        for reader, tap in taps:
            reader.tap = reader.tap or tap
        yield
        for reader, tap in taps:
            reader.tap = None if reader.tap is tap else reader.tap


def names(readers: Sequence[CcidReader]) -> list[str]:
    """Return the names of readers: the model's name, with a number where several have it."""
    given = [reader.model.name for reader in readers]
    return [
        name if given.count(name) == 1 else f"{name} {number:02X}"
        for number, name in enumerate(given)
    ]


def _name() -> str:
    """The test that runs, the process, and a number."""
    test = re.sub(r"[^\w.-]+", "-", os.environ.get("PYTEST_CURRENT_TEST", "world").split(" ")[0])
    return f"{test[-150:]}-{os.getpid()}-{next(_numbers)}"
