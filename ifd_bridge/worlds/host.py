"""Hosts: the pcscd that has a world's readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, Self, runtime_checkable

from ..pcscd.reader_states import NameFilter
from ..system.closing import Closing
from .place import Place
from .sight import Sight


class Host(Protocol):
    """The pcscd that has a world's readers: one of its own, or the system's."""

    @property
    def directory(self) -> Path:
        """The directory of the sockets."""

    @property
    def environ(self) -> dict[str, str]:
        """The environment that programs need."""

    @property
    def log(self) -> str:
        """The log of pcscd, as far as it can be known."""

    @property
    def sight(self) -> Sight | None:
        """The view that pcscd has of the readers, where that can be known."""

    @property
    def names(self) -> NameFilter:
        """The names that pcscd gives the readers, as far as they can be known."""

    def together(self, number: int) -> Sequence[int]:
        """The readers that come and go with this one, itself among them."""

    def plug(self, number: int) -> None:
        """Plug a reader in."""

    def unplug(self, number: int) -> None:
        """Pull a reader out."""

    def add(self, places: Sequence[Place]) -> None:
        """Take in further readers, unplugged: RuntimeError where they cannot come and go.

        ValueError for a reader that this pcscd cannot have. They are interfaces of one device.
        """

    def remove(self, number: int) -> None:
        """Forget a reader, which is unplugged, and those that go with it: none comes back."""

    def __enter__(self) -> Self:
        """Begin."""

    def __exit__(self, *_: object) -> None:
        """End."""


class Elsewhere(Closing):
    """A host whose pcscd is not ours: nothing can be said of it."""

    @property
    def environ(self) -> dict[str, str]:
        """Empty: programs find that pcscd without it."""
        return {}

    @property
    def log(self) -> str:
        """Empty: that pcscd has a log of its own."""
        return ""

    @property
    def sight(self) -> None:
        """None: that pcscd is not asked what it sees."""

    @property
    def names(self) -> NameFilter:
        """The readers' own names: nothing is known of that pcscd's filter."""
        return NameFilter()

    def together(self, number: int) -> Sequence[int]:
        """The reader alone: each is a device of its own."""
        return (number,)

    def remove(self, number: int) -> None:
        """Do nothing: no reader is added here, so that few are ever removed."""

    def add(self, places: Sequence[Place]) -> None:
        """Raise RuntimeError: this host cannot."""
        raise RuntimeError(
            f"{places[0].model.name!r} cannot be added: the pcscd of this world is elsewhere,"
            " and has the readers that the world began with"
        )


MakeHost = Callable[[Sequence[Place]], Host]
"""Makes the host of a world, once the world has laid out its readers."""


@runtime_checkable
class HasUsbHosts(Protocol):
    """A Host whose readers are USB devices of hosts elsewhere."""

    def state(self, number: int) -> dict[str, Any]:
        """The entries of `vcard list` about a reader's host."""

    def told(self) -> Sequence[str]:
        """Return what a user must know or type, line by line."""
