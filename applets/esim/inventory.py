"""The profiles on the card, their states and ports, and the default SM-DP+ address.

All of this is in the card's memory, so that each command's changes are kept together or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from applets.sim.subscription import SubscriptionFiles
from vcard import Section
from vcard.memory import parts

from .profile_applications import ProfileApplications
from .profile_states import State
from .profiles import Profile
from .saip.element import APPLICATION, SECURITY_DOMAIN, elements

ISD_P = bytes.fromhex("A0000005591010FFFFFFFF8900")
FIRST_INSTANCE = 0x10
_INSTALLED = {SECURITY_DOMAIN, APPLICATION}


@dataclass(frozen=True, slots=True)
class Entry:
    """A profile on the card: AID of its ISD-P, port (None if disabled), nickname."""

    iccid: bytes
    aid: bytes
    port: int | None = None
    nickname: str = ""

    @property
    def state(self) -> State:
        """Enabled if the profile has a port."""
        return State.DISABLED if self.port is None else State.ENABLED


class Inventory:
    """The profiles of a card, in the order of their installation."""

    def __init__(self, memory: Section) -> None:
        self._memory = memory
        self._cache: dict[bytes, tuple[object, Profile]] = {}

    def __iter__(self) -> Iterator[Entry]:
        for iccid in self._order:
            yield self._entry(iccid)

    def __len__(self) -> int:
        return len(self._order)

    @property
    def _order(self) -> tuple[bytes, ...]:
        return self._memory.series("order", bytes)

    def _entry(self, iccid: bytes) -> Entry:
        aid, port, nickname = parts(self._memory[f"entry/{iccid.hex()}"], bytes, object, str)
        return Entry(iccid, aid, port, nickname)  # type: ignore[arg-type] # a number or None, as `put` wrote it

    def put(self, entry: Entry) -> None:
        """Store a changed entry of an installed profile."""
        self._memory[f"entry/{entry.iccid.hex()}"] = (entry.aid, entry.port, entry.nickname)

    def find(self, *, iccid: bytes = b"", aid: bytes = b"") -> Entry | None:
        """Find a profile by ICCID or by the AID of its ISD-P."""
        return next((one for one in self if one.iccid == iccid or one.aid == aid), None)

    def on_port(self, port: int) -> Entry | None:
        """The profile that is enabled on a port."""
        return next((one for one in self if one.port == port), None)

    def profile(self, iccid: bytes) -> Profile:
        """The whole profile, decoded again only if the memory has changed."""
        value = self._memory[f"profile/{iccid.hex()}"]
        known = self._cache.get(iccid)
        if known is None or known[0] is not value:
            known = self._cache[iccid] = (value, Profile.from_value(value))
        return known[1]

    def files(self, iccid: bytes) -> SubscriptionFiles:
        """A new view of a profile's file system, with no PIN verified."""
        return SubscriptionFiles(
            self.profile(iccid).subscription, self._memory.section(f"of/{iccid.hex()}")
        )

    def applications(self, iccid: bytes) -> ProfileApplications:
        """The parts of a profile beside its files; made again from the state in the memory."""
        return ProfileApplications(self.profile(iccid), self._memory.section(f"of/{iccid.hex()}"))

    def add(self, profile: Profile) -> Entry:
        """Install a profile, disabled. Its ISD-P gets the lowest free AID."""
        value = self._memory[f"profile/{profile.iccid.hex()}"] = profile.to_value()
        self._cache[profile.iccid] = (value, profile)
        taken = {one.aid for one in self}
        number = FIRST_INSTANCE
        while (aid := ISD_P + bytes((number >> 8, number & 0xFF, 0))) in taken:
            number += 1
        entry = Entry(profile.iccid, aid)
        self._memory["order"] = (*self._order, profile.iccid)
        self.put(entry)
        self.write(profile.iccid)
        return entry

    def write(self, iccid: bytes) -> None:
        """Write a profile's initial state to the memory, unless it is present.

        Do this before a command needs the state: a failing command's changes are rolled back, these
        among them.
        """
        self.files(iccid).pins.write()
        self.applications(iccid)

    def remove(self, iccid: bytes) -> None:
        """Delete a profile with its files and settings."""
        self._memory["order"] = tuple(one for one in self._order if one != iccid)
        for name in (f"profile/{iccid.hex()}", f"entry/{iccid.hex()}"):
            del self._memory[name]
        section = self._memory.section(f"of/{iccid.hex()}")
        for name in list(section):
            del section[name]
        self._cache.pop(iccid, None)

    def switch(self, entry: Entry, port: int | None) -> Entry:
        """Enable a profile on a port, or disable it (None)."""
        changed = replace(entry, port=port)
        self.put(changed)
        return changed

    @property
    def used(self) -> int:
        """Bytes of memory used by profiles."""
        return sum(self.profile(one.iccid).size for one in self)

    @property
    def installed(self) -> int:
        """The number of profile elements that bring applications, security domains included."""
        kept = (raw for one in self for raw in self.profile(one.iccid).kept)
        return sum(one.number in _INSTALLED for raw in kept for one in elements(raw))

    @property
    def server(self) -> str:
        """The default SM-DP+ address, or an empty text."""
        return self._memory.text("server", "")

    @server.setter
    def server(self, address: str) -> None:
        self._memory["server"] = address
