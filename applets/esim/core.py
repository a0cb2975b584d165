"""The state of an eUICC: identity, credentials, profiles, and the listener to its events.

A Core handles no command itself; the classes that do hold one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509

from applets.shared.credentials import Credential
from applets.shared.secure_channel.keys import KeySet
from applets.sim.digits import unswapped
from applets.uicc.toolkit import Cat
from vcard import Section

from .inventory import Entry, Inventory
from .iot.versions import IotVersion
from .lsi import Mep
from .notifications import Notifications
from .profiles import NO_POLICY, Policy, ProfileClass
from .services import PROVIDED, Service
from .versions import OLDEST, Version


@dataclass(frozen=True, slots=True)
class Config:
    """The features of an eUICC. Versions have three bytes; `memory` is in bytes.

    `version` is the one of SGP.22 that the card claims. A `lenient` card accepts malformed requests
    whose meaning it can guess. `iot`: eIMs manage the card (SGP.32). `isdr_keys`: hosts may open
    SCP03 sessions with the ISD-R.
    """

    version: Version = OLDEST
    iot: IotVersion | None = None
    lenient: bool = False
    profile_version: bytes = bytes.fromhex("020301")
    firmware: bytes = bytes.fromhex("010000")
    sas_number: str = "VCARD-TEST-1"
    root_ds: str = "testrootsmds.example.com"
    memory: int = 512 * 1024
    allowed_policy: Policy = Policy.NO_DISABLE | Policy.NO_DELETE | NO_POLICY
    classes: frozenset[ProfileClass] = frozenset(ProfileClass)
    services: frozenset[Service] = PROVIDED
    isdr_keys: KeySet | None = None


@dataclass(slots=True)
class Core:
    """One card's data and parts, shared by the classes that handle its commands."""

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
        """The memory left for more profiles, in bytes."""
        return max(0, self.config.memory - self.inventory.used)

    def happened(self, event: str, entry: Entry) -> None:
        """Tell the listener."""
        if self.listener is not None:
            self.listener(event, unswapped(entry.iccid))
