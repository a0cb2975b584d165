"""What an eUICC has: its identity, its credentials, its profiles, and who is told.

Commands are elsewhere: whoever answers one is given this.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from applets.shared.credentials import Credential
from applets.sim.digits import unswapped
from applets.uicc.toolkit import Cat
from vcard import Section

from .inventory import Entry, Inventory
from .lsi import Mep
from .notifications import Notifications
from .profiles import NO_POLICY, Policy, ProfileClass


@dataclass(frozen=True, slots=True)
class Config:
    """What kind of eUICC it is. Versions have three bytes; `memory` is in bytes."""

    svn: bytes = bytes.fromhex("020202")
    profile_version: bytes = bytes.fromhex("020301")
    firmware: bytes = bytes.fromhex("010000")
    sas_number: str = "VCARD-TEST-1"
    root_ds: str = "testrootsmds.example.com"
    memory: int = 512 * 1024
    allowed_policy: Policy = Policy.NO_DISABLE | Policy.NO_DELETE | NO_POLICY
    classes: frozenset[ProfileClass] = frozenset(ProfileClass)


@dataclass(slots=True)
class Core:
    """One card's data and parts, for the functions that work on them."""

    eid: str
    config: Config
    euicc: Credential
    eum: bytes
    issuers: dict[bytes, x509.Certificate]
    mode: Mep
    strict: bool
    interfaces: int
    inventory: Inventory
    notifications: Notifications
    before_test: Section
    cat: Cat
    clock: Callable[[], datetime | None]
    random: Callable[[int], bytes]
    listener: Callable[[str, str], None] | None

    @property
    def free_memory(self) -> int:
        """Bytes for more profiles."""
        return max(0, self.config.memory - self.inventory.used)

    def happened(self, event: str, entry: Entry) -> None:
        """Tell the listener."""
        if self.listener is not None:
            self.listener(event, unswapped(entry.iccid))
