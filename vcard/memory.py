"""A card's non-volatile memory: named values, changed in transactions.

The values live in a Store, which keeps what was committed: a RamStore where none is named,
thrown away with the card. No file is opened here: see ifd_bridge.cards.file_store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Protocol, TypeVar, overload

Value = None | bool | int | str | bytes | tuple["Value", ...]


class Deleted:
    """Marks a deleted name in a set of changes."""

    def __repr__(self) -> str:
        return "DELETED"


DELETED = Deleted()
_V = TypeVar("_V")
_A = TypeVar("_A")
_B = TypeVar("_B")
_C = TypeVar("_C")
_D = TypeVar("_D")
_E = TypeVar("_E")
Changes = Mapping[str, Value | Deleted]


class PowerLost(Exception):  # noqa: N818 - an event at the contacts, not an error of ours
    """The supply failed in the middle of a write: the card is dead until the next power-up."""


class WriteError(OSError):
    """A value could not be kept. The card answers 6581 (ISO/IEC 7816-4, 5.6)."""


class StoredTypeError(TypeError):
    """A value in the memory has another type than its reader needs: something else wrote it."""


class Store(Protocol):
    """Storage of committed values. `commit` stores all of `changes`, or none of them."""

    def load(self) -> dict[str, Value]:
        """Return all committed values."""

    def commit(self, changes: Changes) -> None:
        """Store all of `changes`, or raise OSError and store none."""


class RamStore:
    """Keeps the values as long as the process lives."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}

    def load(self) -> dict[str, Value]:
        """Return all committed values."""
        return dict(self._values)

    def commit(self, changes: Changes) -> None:
        """Keep `changes`."""
        for name, value in changes.items():
            if isinstance(value, Deleted):
                self._values.pop(name, None)
            else:
                self._values[name] = value


class Typed(MutableMapping[str, Value]):
    """Named values that are asked for by the type that the caller needs.

    Each getter answers `default` where the name is missing. Without a default it raises KeyError;
    a value of another type, None included, raises StoredTypeError and is left as it is.
    """

    def flag(self, name: str, default: bool | None = None) -> bool:  # noqa: FBT001 - the value itself
        """A bool."""
        return self._typed(name, bool, default)

    def integer(self, name: str, default: int | None = None) -> int:
        """An int; a bool is none."""
        return self._typed(name, int, default)

    def text(self, name: str, default: str | None = None) -> str:
        """A str."""
        return self._typed(name, str, default)

    def octets(self, name: str, default: bytes | None = None) -> bytes:
        """A byte string."""
        return self._typed(name, bytes, default)

    def sequence(self, name: str, default: tuple[Value, ...] | None = None) -> tuple[Value, ...]:
        """A tuple of values."""
        return self._typed(name, tuple, default)

    def series(self, name: str, kind: type[_V]) -> tuple[_V, ...]:
        """A tuple whose parts all are of one type; an empty one if the name is missing."""
        found = self.sequence(name, ())
        if not all(isinstance(part, kind) for part in found):
            raise StoredTypeError(f"{name} in the memory has other parts than {kind.__name__}")
        return found  # type: ignore[return-value] # as was just seen

    def _typed(self, name: str, wanted: type[_V], default: _V | None) -> _V:
        value = self[name] if default is None else self.get(name, default)
        # bool is a subclass of int, but a flag is no number
        if not isinstance(value, wanted) or isinstance(value, bool) is not (wanted is bool):
            stored = type(value).__name__
            raise StoredTypeError(f"{name} in the memory is a {stored}, not a {wanted.__name__}")
        return value


@overload
def parts(value: Value, a: type[_A], b: type[_B], /) -> tuple[_A, _B]: ...
@overload
def parts(value: Value, a: type[_A], b: type[_B], c: type[_C], /) -> tuple[_A, _B, _C]: ...
@overload
def parts(
    value: Value, a: type[_A], b: type[_B], c: type[_C], d: type[_D], /
) -> tuple[_A, _B, _C, _D]: ...
@overload
def parts(
    value: Value, a: type[_A], b: type[_B], c: type[_C], d: type[_D], e: type[_E], /
) -> tuple[_A, _B, _C, _D, _E]: ...
def parts(value: Value, *kinds: type) -> tuple[object, ...]:
    """Return the parts of a tuple, each of the type that the caller needs.

    A bool is an int as well. Raises StoredTypeError for another value, or another number of parts.
    """
    if (
        not isinstance(value, tuple)
        or len(value) != len(kinds)
        or not all(map(isinstance, value, kinds))
    ):
        wanted = ", ".join(kind.__name__ for kind in kinds)
        raise StoredTypeError(f"a value in the memory does not have the parts {wanted}")
    return value


def all_parts(value: Value) -> tuple[Value, ...]:
    """Return the parts of a tuple, however many; StoredTypeError for another value."""
    if not isinstance(value, tuple):
        raise StoredTypeError(f"a value in the memory is a {type(value).__name__}, not a tuple")
    return value


class Memory(Typed):
    """Named values that change together or not at all.

    Inside `transaction()` changes are held back until the end and undone if it is left by
    an exception; outside of one each assignment is committed by itself. Values are immutable
    (None, bool, int, str, bytes and tuples of these). `store` may be wrapped while it is used
    (fault injection does).
    """

    def __init__(self, store: Store | None = None) -> None:
        self.store: Store = RamStore() if store is None else store
        self._values: dict[str, Value] = self.store.load()
        self.changed: dict[str, Value | Deleted] = {}
        self.depth = 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All changes made inside are committed together; an inner one joins the outer."""
        self.begin()
        try:
            yield
        except BaseException:
            self.abort()
            raise
        self.end()

    def begin(self) -> None:
        """Open a transaction (see `transaction`)."""
        self.depth += 1

    def end(self) -> None:
        """Close a transaction; the outermost one commits."""
        self.depth -= 1
        if self.changed:
            self.settle()

    def abort(self) -> None:
        """Close a transaction; everything since the outermost `begin` is undone."""
        self.depth -= 1
        self._roll_back()

    def write_through(self, name: str, value: Value) -> None:
        """Commit one value now, whatever becomes of the open transaction.

        For what must not come back when the power is cut: a try counter is written before
        the comparison that it counts. WriteError if that is impossible; nothing is changed then.
        """
        _check(name, value)
        try:
            self.store.commit({name: value})
        except OSError as fault:
            raise WriteError(str(fault)) from fault
        self.changed.pop(name, None)
        self._values[name] = value

    def snapshot(self) -> dict[str, Value]:
        """Return all current values, for `restore`."""
        return dict(self._values)

    def restore(self, snapshot: Mapping[str, Value]) -> None:
        """Restore the values of a snapshot, in one transaction."""
        with self.transaction():
            for name in self._values.keys() - snapshot.keys():
                del self[name]
            self.update(snapshot)

    def power_lost(self) -> None:
        """Discard uncommitted changes and return to what the store has."""
        self.changed.clear()
        self.depth = 0
        self._values = self.store.load()

    def section(self, name: str) -> Section:
        """The part of the memory whose names start with `name/`."""
        return Section(self, name + "/")

    def __getitem__(self, name: str) -> Value:
        return self._values[name]

    def __setitem__(self, name: str, value: Value) -> None:
        _check(name, value)
        self._remember(name)
        self._values[name] = value
        self.settle()

    def __delitem__(self, name: str) -> None:
        self._remember(name)
        del self._values[name]
        self.settle()

    def __contains__(self, name: object) -> bool:
        return name in self._values  # not by a KeyError, as a Mapping does it

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def _remember(self, name: str) -> None:
        self.changed.setdefault(name, self._values.get(name, DELETED))

    def settle(self) -> None:
        """Commit what has changed, unless a transaction is open."""
        if self.depth == 0:
            self._commit()

    def _commit(self) -> None:
        changes = {name: self._values.get(name, DELETED) for name in self.changed}
        try:
            self.store.commit(changes)
        except BaseException:
            self._roll_back()
            raise
        self.changed.clear()

    def _roll_back(self) -> None:
        for name, value in self.changed.items():
            if isinstance(value, Deleted):
                self._values.pop(name, None)
            else:
                self._values[name] = value
        self.changed.clear()


_PLAIN = frozenset({type(None), bool, bytes, int, str})


def _check(name: str, value: object) -> None:
    if isinstance(value, tuple):
        for part in value:
            if type(part) not in _PLAIN:  # files and profiles have thousands that are
                _check(name, part)
    elif not (value is None or isinstance(value, bytes | int | str)):
        raise ValueError(f"{name}: a {type(value).__name__} cannot be kept: values are immutable")


class Section(Typed):
    """One applet's part of a Memory: the same rules, shorter names."""

    def __init__(self, memory: Memory, prefix: str) -> None:
        self._memory = memory
        self._prefix = prefix

    def write_through(self, name: str, value: Value) -> None:
        """See Memory.write_through."""
        self._memory.write_through(self._prefix + name, value)

    def section(self, name: str) -> Section:
        """A part of this part."""
        return Section(self._memory, f"{self._prefix}{name}/")

    def __getitem__(self, name: str) -> Value:
        return self._memory[self._prefix + name]

    def __setitem__(self, name: str, value: Value) -> None:
        self._memory[self._prefix + name] = value

    def __delitem__(self, name: str) -> None:
        del self._memory[self._prefix + name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._prefix + name in self._memory

    def __iter__(self) -> Iterator[str]:
        size = len(self._prefix)
        return (name[size:] for name in list(self._memory) if name.startswith(self._prefix))

    def __len__(self) -> int:
        return sum(1 for _ in self)
