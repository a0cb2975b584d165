"""Clashes of package names: which foreign package hides or overwrites ours, and the remedy.

The import names `vcard`, `applets`, `readers` and the command `vcard` are short, and others use
them: PyPI has a distribution `vcard` (contacts), projects have packages of their own named
`readers`. This module imports nothing of ours but the distribution's name, so that it works where
they are hidden.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from .optional_packages import DISTRIBUTION, pip

PACKAGES = ("vcard", "applets", "readers")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Clash:
    """A package of ours that cannot be imported: the package, what is in its place, the cure."""

    package: str
    text: str
    cure: str

    def __str__(self) -> str:
        return f"{self.text}; {self.cure}"


def clashes(root: Path = ROOT) -> Iterator[Clash]:
    """Each package of ours that another hides or overwrites. Nothing is imported."""
    for package in PACKAGES:
        place = _place(package)
        if place is not None and place != root / package:
            yield _hidden(package, place)
            continue
        others = [name for name in owners().get(package, ()) if not _same(name, DISTRIBUTION)]
        if others:
            yield _overwritten(package, others[0])


def explained(error: ImportError) -> str | None:
    """The reason for which an import of one of our packages failed, if names clash."""
    found = [str(clash) for clash in clashes()]
    return "\n".join(found) if found and _ours(error) else None


def beside(project: Path) -> list[str]:
    """The packages of a project that have names of ours, unless the project is vcard itself."""
    folders = [project / package for package in PACKAGES]
    return [
        folder.name
        for folder in folders
        if folder.is_dir() and folder != ROOT / folder.name and any(folder.glob("*.py"))
    ]


@cache
def owners() -> dict[str, list[str]]:
    """The distributions that have each import package."""
    return {name: list(found) for name, found in metadata.packages_distributions().items()}


def _hidden(package: str, place: Path) -> Clash:
    others = [name for name in owners().get(package, ()) if not _same(name, DISTRIBUTION)]
    owner = f"distribution {others[0]!r}" if others else f"folder {str(place.parent)!r}"
    cure = (
        f"{pip()} uninstall {others[0]}" if others else f"rename {place}, or take it off sys.path"
    )
    return Clash(package, f"`{package}` of the {owner} hides ours ({place})", cure)


def _overwritten(package: str, other: str) -> Clash:
    text = f"the distribution {other!r} has a package `{package}`, too, and wrote over ours"
    again = f"{pip()} install --force-reinstall --no-deps {DISTRIBUTION}"
    return Clash(package, text, f"{pip()} uninstall {other} && {again}")


def _place(package: str) -> Path | None:
    """The folder from which a package is or would be imported; None if there is none."""
    loaded = sys.modules.get(package)
    try:
        origin = getattr(loaded, "__file__", None) if loaded else _origin(package)
    except (ImportError, ValueError):
        return None
    return Path(origin).parent.resolve() if origin else None


def _origin(package: str) -> str | None:
    spec = find_spec(package)
    if spec is None:
        return None
    folders: Iterable[str] = spec.submodule_search_locations or ()
    return spec.origin or next((f"{folder}/__init__.py" for folder in folders), None)


def _ours(error: ImportError) -> bool:
    """Whether the import that failed is one of our packages."""
    name = (error.name or "").partition(".")[0]
    return name in PACKAGES or any(f"'{package}" in str(error) for package in PACKAGES)


def _same(one: str, other: str) -> bool:
    return one.replace("_", "-").lower() == other.replace("_", "-").lower()
