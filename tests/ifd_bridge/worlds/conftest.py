"""Worlds without a pcscd."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ifd_bridge.pcscd.reader_states import NameFilter
from ifd_bridge.worlds.host import Host
from ifd_bridge.worlds.place import Place
from ifd_bridge.worlds.world import World


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Host]:
    """A way in without any pcscd behind it."""
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))

    class Nowhere:
        directory = tmp_path
        environ: dict[str, str] = {"PCSCLITE_CSOCK_NAME": "nowhere"}  # noqa: RUF012

        log = "what it said"
        sight = None
        names = NameFilter()

        def __init__(self, places: Sequence[Place]) -> None:
            self.moves: list[str] = []

        def together(self, number: int) -> list[int]:
            return [number]

        def add(self, places: Sequence[Place]) -> None:
            self.moves.append(f"add {len(places)}")

        def remove(self, number: int) -> None:
            self.moves.append(f"remove {number}")

        def plug(self, number: int) -> None:
            self.moves.append(f"plug {number}")

        def unplug(self, number: int) -> None:
            self.moves.append(f"unplug {number}")

        def __enter__(self) -> Nowhere:
            return self

        def __exit__(self, *fault: object) -> None:
            pass

    return Nowhere


@pytest.fixture
def world(host: type[Host]) -> Iterator[World]:
    readers = [("plain", "hello"), ("pinpad", None), ("two-slot", "random")]
    with World(readers, host=host) as world:
        yield world
