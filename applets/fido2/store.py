"""The contents of an authenticator's memory: the master secret, the counter, discoverable
credentials, PIN rules, large blobs.

Spec: CTAP 2.1, 6.6 (what a reset erases), 6.10 (large blobs), 6.11 (configuration).
"""  # noqa: D205 - one list

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import astuple, dataclass, replace
from typing import TypeVar, cast

from vcard import Memory, Section, Value
from vcard.memory import all_parts

from .codes import CtapError, Status
from .credential import MASTER_BYTES, Credential
from .settings import Settings

T = TypeVar("T")
EMPTY_BLOBS = b"\x80" + hashlib.sha256(b"\x80").digest()[:16]
"""The serialized large-blob array of a new authenticator: an empty array and its checksum."""


@dataclass(frozen=True, slots=True)
class Account:
    """A discoverable credential as stored; `order` increases with each new one."""

    identity: bytes
    rp_id: str
    rp_name: str | None
    user_id: bytes
    user_name: str | None = None
    display_name: str | None = None
    blob: bytes | None = None
    order: int = 0

    @property
    def rp_hash(self) -> bytes:
        """The hash of the RP's id."""
        return hash_of(self.rp_id)

    def user(self, *, whole: bool) -> dict[str, bytes | str]:
        """The PublicKeyCredentialUserEntity; only its id unless `whole`."""
        found: dict[str, bytes | str | None] = {"id": self.user_id}
        if whole:
            found |= {"name": self.user_name, "displayName": self.display_name}
        return {name: value for name, value in found.items() if value is not None}


def hash_of(rp_id: str) -> bytes:
    """The SHA-256 of an RP's id."""
    return hashlib.sha256(rp_id.encode()).digest()


class Store:
    """An authenticator's non-volatile state in its section of a card's memory."""

    def __init__(self, memory: Section, whole: Memory, settings: Settings) -> None:
        self._whole = whole
        self.memory = memory
        self._accounts = memory.section("credential")
        self.settings = settings

    @property
    def blank(self) -> bool:
        """Whether there is no authenticator yet: `erase` makes one."""
        return "master" not in self.memory

    def transaction(self) -> AbstractContextManager[None]:
        """Commit all changes inside together, or none."""
        return self._whole.transaction()

    def power_lost(self) -> None:
        """The supply failed in a write: go back to what was committed."""
        self._whole.power_lost()

    def erase(self) -> None:
        """Erase everything but the attestation, as in a new authenticator."""
        for name in [name for name in self.memory if not name.startswith("attestation")]:
            del self.memory[name]
        self.memory["master"] = secrets.token_bytes(MASTER_BYTES)
        self.memory["always uv"] = self.settings.always_uv
        self.memory["min pin"] = self.settings.min_pin

    def get(self, name: str, default: T) -> T:
        """Read a value of the default's type."""
        return cast("T", self.memory.get(name, cast("Value", default)))

    # Signatures

    @property
    def master(self) -> bytes:
        """The secret that all keys are derived from."""
        return self.get("master", b"")

    def count(self) -> int:
        """Increment and return the signature counter; 0 if this authenticator does not count."""
        if not self.settings.counter:
            return 0
        number = self.get("counter", 0) % 0xFFFFFFFF + 1
        self.memory["counter"] = number
        return number

    # Switches

    @property
    def always_uv(self) -> bool:
        """Whether every operation needs a verified user."""
        return self.get("always uv", False)

    @property
    def min_pin(self) -> int:
        """The length of the shortest PIN, in code points."""
        return self.get("min pin", self.settings.min_pin)

    @property
    def large_blobs(self) -> bytes:
        """The serialized large-blob array."""
        return self.get("large blobs", EMPTY_BLOBS)

    # Discoverable credentials

    def accounts(self) -> list[Account]:
        """All discoverable credentials, the newest first."""
        found = [_account(value) for value in self._accounts.values()]
        return sorted(found, key=lambda account: -account.order)

    def accounts_of(self, rp_hash: bytes) -> list[Account]:
        """The discoverable credentials of an RP, the newest first."""
        return [account for account in self.accounts() if account.rp_hash == rp_hash]

    def account(self, identity: bytes) -> Account | None:
        """The discoverable credential with an id, or None."""
        value = self._accounts.get(identity.hex())
        return None if value is None else _account(value)

    @property
    def free(self) -> int:
        """The number of discoverable credentials that still fit."""
        return max(0, self.settings.credentials - len(self._accounts))

    def add(self, account: Account) -> None:
        """Store a credential in place of the user's earlier one; KEY_STORE_FULL if none fits."""
        for other in self._same_user(account):
            self.remove(other.identity)
        if not self.free:
            raise CtapError(Status.KEY_STORE_FULL)
        order = self.get("order", 0) + 1
        self.memory["order"] = order
        self.put(replace(account, order=order))

    def _same_user(self, account: Account) -> Iterator[Account]:
        for other in self.accounts_of(account.rp_hash):
            if other.user_id == account.user_id:
                yield other

    def put(self, account: Account) -> None:
        """Keep a credential under its id."""
        self._accounts[account.identity.hex()] = astuple(account)

    def remove(self, identity: bytes) -> None:
        """Delete an existing discoverable credential."""
        del self._accounts[identity.hex()]

    # Credentials of both kinds

    def find(self, rp_hash: bytes, identity: bytes) -> Credential | None:
        """Open a credential id; None unless it is one of this authenticator's for the RP."""
        found = Credential.open(self.master, rp_hash, identity)
        if found is not None and found.discoverable and self.account(identity) is None:
            return None  # deleted
        return found


def _account(value: Value) -> Account:
    return Account(*all_parts(value))  # type: ignore[arg-type] # as `put` wrote it
