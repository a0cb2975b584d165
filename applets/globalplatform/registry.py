"""The registry of a card: its state, its load files and its applications, in the memory.

Spec: GlobalPlatform Card Specification 2.3.1, 5 (life cycles), 6.4 (registry).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from vcard import Section
from vcard.memory import parts

from .codes import LOCK_BIT, SELECTABLE, CardState


@dataclass(frozen=True, slots=True)
class LoadFile:
    """A package on the card: modules by AID, each with the name of its applet."""

    aid: bytes
    version: bytes
    modules: dict[bytes, str]


@dataclass(frozen=True, slots=True)
class Instance:
    """An application that INSTALL made."""

    aid: bytes
    load_file: bytes
    module: bytes
    privileges: bytes


class Registry:
    """The content of the card, in addition to the applets that it was made with."""

    def __init__(self, section: Section) -> None:
        self._section = section

    @property
    def card_state(self) -> CardState:
        """The life cycle state of the card."""
        return CardState(self._section.integer("card-state", CardState.SECURED))

    @card_state.setter
    def card_state(self, state: CardState) -> None:
        self._section["card-state"] = int(state)

    def state(self, aid: bytes) -> int:
        """Return the life cycle state of an application; selectable if none was set."""
        return self._section.integer(_name("state", aid), SELECTABLE)

    def set_state(self, aid: bytes, state: int) -> None:
        """Set the life cycle state of an application."""
        self._section[_name("state", aid)] = state

    def locked(self, aid: bytes) -> bool:
        """Whether an application is locked, or not yet selectable."""
        return bool(self.state(aid) & LOCK_BIT) or self.state(aid) < SELECTABLE

    # Load files

    def load_files(self) -> Iterator[LoadFile]:
        """The packages, by AID."""
        for aid in self._aids("file"):
            version, *modules = self._section.sequence(_name("file", aid))
            yield LoadFile(aid, version, dict(modules))  # type: ignore[arg-type] # as `add` wrote it

    def load_file(self, aid: bytes) -> LoadFile | None:
        """Return a package, or None."""
        return next((one for one in self.load_files() if one.aid == aid), None)

    def add_load_file(self, file: LoadFile) -> None:
        """Store a package."""
        self._section[_name("file", file.aid)] = (file.version, *file.modules.items())

    # Applications

    def instances(self) -> Iterator[Instance]:
        """The applications that INSTALL made, by AID."""
        for aid in self._aids("app"):
            yield Instance(aid, *parts(self._section[_name("app", aid)], bytes, bytes, bytes))

    def instance(self, aid: bytes) -> Instance | None:
        """Return an application, or None."""
        return next((one for one in self.instances() if one.aid == aid), None)

    def add_instance(self, one: Instance) -> None:
        """Store an application."""
        self._section[_name("app", one.aid)] = (one.load_file, one.module, one.privileges)

    def forget(self, aid: bytes) -> None:
        """Remove a package or an application."""
        for kind in ("file", "app", "state"):
            self._section.pop(_name(kind, aid), None)

    def _aids(self, kind: str) -> list[bytes]:
        prefix = f"{kind}-"
        return sorted(
            bytes.fromhex(name.removeprefix(prefix))
            for name in self._section
            if name.startswith(prefix)
        )


def _name(kind: str, aid: bytes) -> str:
    return f"{kind}-{aid.hex().upper()}"
