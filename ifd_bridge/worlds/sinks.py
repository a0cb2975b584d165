"""Files that a world writes: a recording, a trace, a capture."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from readers.models import Model

from ..system.closing import Closing
from ..system.written_file import WrittenFile
from ..trace import Stream
from .recording import Recording
from .wrapping import Wrapper

STDERR = 2


class Sinks(Closing):
    """The files that the options name; `failed` once one of them could not take all."""

    def __init__(self, record: Path | None) -> None:
        self._exits = contextlib.ExitStack()
        self._files: list[WrittenFile] = []
        self._recording = None if record is None else Recording(record)
        if self._recording is not None:
            self._exits.callback(self._recording.close)

    @property
    def wrappers(self) -> Sequence[Wrapper]:
        """The wrappers that every card needs."""
        return [] if self._recording is None else [self._recording]

    @property
    def failed(self) -> bool:
        """Whether something is missing in one of the files."""
        recorded = self._recording is not None and bool(self._recording.failures)
        return recorded or any(file.failure for file in self._files)

    def watch(self, trace: Stream, path: str | None, limit: int | None, *, pins: bool) -> None:
        """Write a trace as text to `path`, if there is one; `-` is stderr."""
        if path is None:
            return
        from ..trace.text import Text, text_tap

        file = WrittenFile(path, limit=limit, standard=STDERR)
        self._files.append(self._exits.enter_context(file))
        trace.add(text_tap(file, Text(tree=False)), pins=pins)

    def capture(
        self,
        trace: Stream,
        models: Mapping[str, Model],
        path: str | None,
        limit: int | None,
        *,
        pins: bool,
    ) -> None:
        """Write a capture of readers, by name, to `path`, if there is one; `-` is stdout."""
        if path is None:
            return
        from ..trace.capture_file import captured

        made = captured(trace, models, path, pins=pins, limit=limit)
        self._files.append(self._exits.enter_context(made))

    def close(self) -> None:
        """End the files."""
        self._exits.close()
