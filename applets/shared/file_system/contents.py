"""The current files: those that the card was issued with, and their changes.

Spec: ISO/IEC 7816-4, 7.2 (structures for data), 7.4.10 (life cycle status).
"""

from __future__ import annotations

from collections.abc import Iterator

from vcard import SW, Section, Value
from vcard.memory import all_parts

from .access_rules import AccessRules, Mode
from .tree import File, Life, Path, Tree

_WITHOUT_ACTIVATION = Mode.ACTIVATE | Mode.DEACTIVATE | Mode.DELETE | Mode.TERMINATE


class Contents:
    """A file system: a tree of files, their bodies, and the rules for access.

    The memory holds changes only, so that many cards share unchanged files:
    `f/PATH` is a body, `off/PATH` and `life/PATH` the life cycle, `tree` lists the files that were
    created, resized or deleted.
    """

    def __init__(self, tree: Tree, memory: Section, access: AccessRules) -> None:
        self._issued = self._tree = tree
        self._applied: Value = ()
        self.access = access
        self._memory = memory

    @property
    def section(self) -> Section:
        """The section of the memory that stores the changes."""
        return self._memory

    # The tree

    @property
    def tree(self) -> Tree:
        """The files as they are now."""
        changes = self._memory.sequence("tree", ())
        if changes is not self._applied:  # the same object until something changes it
            files = dict(self._issued.by_path)
            for path, value in _pairs(changes):
                if value is None:
                    files.pop(path, None)
                else:
                    files[path] = File.from_value(value)
            self._tree, self._applied = Tree(tuple(files.values())), changes
        return self._tree

    def put(self, file: File) -> None:
        """Add a file, or change the description of one that exists."""
        self._change({file.path: file.to_value()})

    def remove(self, file: File) -> None:
        """Delete a file, and all files below a DF, with their contents."""
        gone = [one for one in self.tree.files if one.path[: len(file.path)] == file.path]
        self._change({one.path: None for one in gone})
        homes = {one.home for one in self.tree.files}
        for one in gone:
            for name in (f"off/{one.name}", f"life/{one.name}"):
                self._memory.pop(name, None)
            if one.home not in homes:
                self._memory.pop(f"f/{one.home}", None)

    def _change(self, changes: dict[Path, Value]) -> None:
        known = dict(_pairs(self._memory.sequence("tree", ()))) | changes
        kept = {
            path: value
            for path, value in known.items()
            if value is not None or path in self._issued.by_path
        }
        self._memory["tree"] = tuple(kept.items())

    # Bodies

    def content(self, file: File) -> bytes:
        """The current body."""
        return self._memory.octets(f"f/{file.home}", file.content)

    def write(self, file: File, content: bytes) -> None:
        """Replace the body."""
        self._memory[f"f/{file.home}"] = content

    # Life cycle

    def life(self, file: File) -> Life:
        """Return the life cycle status; a terminated DF terminates all files in it."""
        for end in range(1, len(file.path)):
            above = self.tree.by_path.get(file.path[:end])
            if above is not None and self._own_life(above) is Life.TERMINATED:
                return Life.TERMINATED
        return self._own_life(file)

    def _own_life(self, file: File) -> Life:
        if f"off/{file.name}" in self._memory:
            return Life.DEACTIVATED
        return Life.named(self._memory.integer(f"life/{file.name}", file.life))

    def set_life(self, file: File, life: Life) -> None:
        """Set the life cycle status."""
        self._memory.pop(f"off/{file.name}", None)  # the key of an older format
        self._memory[f"life/{file.name}"] = int(life)

    def active(self, file: File) -> bool:
        """False while the file is deactivated, and once it is terminated."""
        return self.life(file) not in (Life.DEACTIVATED, Life.TERMINATED)

    def require(self, file: File, mode: Mode) -> None:
        """Check that an operation is allowed now.

        Raises 6982 if access is denied, 6984 if the file is deactivated, 6985 if it is terminated.
        A deactivated file stays usable if its special file information says so.
        Spec: ETSI TS 102 221, 10.2.1.5.
        """
        if not self.access.permits(file, mode):
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        life = self.life(file)
        if life is Life.TERMINATED and mode is not Mode.DELETE:
            raise SW.CONDITIONS_NOT_SATISFIED
        if mode & _WITHOUT_ACTIVATION or file.usable_deactivated:
            return
        if life is Life.DEACTIVATED:
            raise SW.REFERENCE_DATA_NOT_USABLE


def _pairs(changes: tuple[Value, ...]) -> Iterator[tuple[Path, Value]]:
    """Yield the stored changes of the tree: the path of each file, and its new description."""
    for change in changes:
        path, value = all_parts(change)
        yield all_parts(path), value  # type: ignore[misc] # as _change wrote it
