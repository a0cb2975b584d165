"""The files of a profile under construction, and the checks across files.

Spec: TCA eUICC Profile Package: Interoperable Format Technical Specification, 8.3 (links, access
rules, PIN status).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from applets.shared.file_system.tree import MF, File, Kind, Path

from .element import Element
from .fcp import Fcp
from .node import bad
from .status import PackageError, Status

OVERHEAD = 32
"""Bytes of memory for a file besides its body."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The place in a package that describes a file."""

    element: Element
    fcp: Fcp
    at: int

    def error(self, status: Status, text: str, *names: str) -> PackageError:
        """Make an error at the first of these parts of the descriptor."""
        place = self.fcp.place(*names)
        error = PackageError(status, text, self.at if place is None else place)
        return error.within(self.element.identification, self.element.name)


@dataclass
class FileSet:
    """Files by path; `room` is the free memory in bytes."""

    room: int
    files: dict[Path, File] = field(default_factory=dict)
    origins: dict[Path, Origin] = field(default_factory=dict)
    used: int = 0

    def add(self, file: File, origin: Origin) -> None:
        """Add a file; PackageError if it exists, its directory is missing, or memory is full."""
        if file.path in self.files:
            raise bad(f"{file.name} exists already", origin.fcp.place("fid") or origin.at)
        above = self.files.get(file.path[:-1])
        if file.path != (MF,) and (above is None or above.kind is not Kind.DF):
            self.no_directory(file.path[:-1], origin)
        self.used += footprint(file)
        if self.used > self.room:
            text = f"{file.name} does not fit: {self.used} bytes are needed, {self.room} free"
            raise origin.error(Status.NOT_ENOUGH_MEMORY, text, "size", "limit")
        self.files[file.path] = file
        self.origins[file.path] = origin

    def no_directory(self, path: Path, origin: Origin) -> None:
        """Raise the error for a missing directory."""
        name = "".join(f"{fid:04X}" for fid in path)
        text = f"there is no directory {name}" if path else "there is no MF"
        raise origin.error(Status.INVALID_PARAMETER, text, "path")

    def forget(self, element: Element) -> None:
        """Remove the files of an element that is skipped."""
        for path in [path for path, one in self.origins.items() if one.element is element]:
            self.used -= footprint(self.files.pop(path))
            del self.origins[path]

    # The whole

    def linked(self) -> tuple[File, ...]:
        """All files with links resolved: bodies of EFs, files of linked directories."""
        found: list[File] = []
        for file in self.files.values():
            if not file.link:
                found.append(file)
            elif file.kind is Kind.DF:
                found += self._mirror(file)
            else:
                found.append(self._link(file))
        return tuple(found)

    def _target(self, file: File) -> File:
        """The target of a link; PackageError if it is missing, a link, or of another kind."""
        target = self.files.get(file.link)
        if target is None or target.link or (target.kind is Kind.DF) != (file.kind is Kind.DF):
            name = "".join(f"{fid:04X}" for fid in file.link)
            text = f"{file.name} is a link to {name}, which is no file to link to"
            raise self.origins[file.path].error(Status.INVALID_PARAMETER, text, "link")
        return target

    def _link(self, file: File) -> File:
        target = self._target(file)
        return replace(
            target, path=file.path, sfi=file.sfi, arr=file.arr, rule=file.rule, link=file.link,
            life=file.life, special=file.special,
        )  # fmt: skip

    def _mirror(self, file: File) -> Iterator[File]:
        """Resolve a link to a directory: a directory, and a link to each file below the target."""
        target = self._target(file)
        yield replace(file, link=())
        depth = len(target.path)
        for one in list(self.files.values()):
            if one.path[:depth] == target.path and one is not target and not one.link:
                path = (*file.path, *one.path[depth:])
                yield replace(one, path=path, link=() if one.kind is Kind.DF else one.path)

    def check_rules(self, files: tuple[File, ...]) -> None:
        """Check that each file's record of EF.ARR exists; PackageError for a missing one."""
        places = Rules({file.path: file for file in files})
        for file in files:
            origin = self.origins.get(file.path)
            if origin is not None and origin.fcp.says("rule") and not places.has(file):
                record = f"record {file.rule} of EF.ARR {file.arr:04X}"
                text = f"{record}, which {file.name} names, is missing"
                raise origin.error(Status.INVALID_PARAMETER, text, "rule")


@dataclass(frozen=True)
class Rules:
    """The files with access rules."""

    files: dict[Path, File]

    def has(self, file: File) -> bool:
        """Whether the record exists that a file refers to."""
        path = file.path[:-1] or file.path
        while path:
            found = self.files.get((*path, file.arr))
            if found is not None and found.kind is Kind.LINEAR:
                return file.rule <= found.records
            path = path[:-1]
        return False


def footprint(file: File) -> int:
    """Bytes of memory for a file; a link has no body of its own."""
    return OVERHEAD + (0 if file.link else file.size)
