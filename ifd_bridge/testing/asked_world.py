"""The world that a test's settings or its marker ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from readers.models import Model

    from ..worlds.description import WorldDescription


@dataclass(frozen=True, eq=False)
class AskedWorld:
    """A description, and the readers with their cards where models are given as objects."""

    about: WorldDescription
    readers: Sequence[tuple[str | Model, Sequence[str]]]


def of_settings(config: pytest.Config) -> AskedWorld:
    """The world of `vcard_world`, or of `vcard_readers` and `vcard_driver`."""
    path: str = config.getini("vcard_world")
    if path:
        return _of_file(path, config)
    return _made(config.getini("vcard_readers"), config.getini("vcard_driver"))


def of_marker(marker: pytest.Mark, config: pytest.Config) -> AskedWorld:
    """The world of `@pytest.mark.vcard`; the settings say what it leaves out.

    The same mark gives the same object, so that tests which it marks share a world. UsageError for
    what it does not know.
    """
    if marker.args or marker.kwargs.keys() - {"readers", "driver", "world"}:
        raise pytest.UsageError("the marker vcard takes readers=[...], driver=... or world=...")
    key = repr(sorted(marker.kwargs.items()))
    known = config.stash.setdefault(_WORLDS, {})
    if key not in known:
        known[key] = _of_mark(config, **marker.kwargs)
    return known[key]


_WORLDS: pytest.StashKey[dict[str, AskedWorld]] = pytest.StashKey()


def _of_mark(
    config: pytest.Config,
    readers: Sequence[str | Model] | None = None,
    driver: str | None = None,
    world: str | None = None,
) -> AskedWorld:
    if world is not None:
        if readers is not None or driver is not None:
            raise pytest.UsageError("the marker vcard takes world=, or readers= and driver=")
        return _of_file(world, config)
    return _made(
        config.getini("vcard_readers") if readers is None else readers,
        driver or config.getini("vcard_driver"),
    )


def _made(models: Sequence[str | Model], driver: str) -> AskedWorld:
    from ..worlds.description import WorldDescription  # only where a world is wanted

    about: Any = WorldDescription(driver=driver)
    return AskedWorld(about, [(model, ()) for model in models])


def _of_file(path: str, config: pytest.Config) -> AskedWorld:
    """A file's path starts from where pytest's configuration is."""
    from ..worlds.description import WorldDescription

    base = config.inipath.parent if config.inipath else config.rootpath
    try:
        about = WorldDescription.load(base / Path(path).expanduser())
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    return AskedWorld(about, [(one.model, one.cards) for one in about.readers])
