"""A profile as one immutable value: a subscription and GSMA metadata."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from enum import IntEnum, IntFlag
from functools import cached_property

from applets.sim.digits import unswapped
from applets.sim.subscription import Subscription
from vcard import Value
from vcard.memory import all_parts


class ProfileClass(IntEnum):
    """Classes of profiles. Spec: GSMA SGP.22, ProfileClass."""

    TEST = 0
    PROVISIONING = 1
    OPERATIONAL = 2


class Event(IntFlag):
    """Events for notifications, as the byte of their BIT STRING."""

    INSTALL = 0x80
    ENABLE = 0x40
    DISABLE = 0x20
    DELETE = 0x10

    @property
    def bit_string(self) -> bytes:
        """The contents of the BIT STRING with this single bit."""
        unused = (int(self) & -int(self)).bit_length() - 1
        return bytes((unused, self))


ALL_EVENTS = Event.INSTALL | Event.ENABLE | Event.DISABLE | Event.DELETE


class Policy(IntFlag):
    """Profile policy rules, by bit number of the BIT STRING. Spec: GSMA SGP.22, PprIds."""

    UPDATE_CONTROL = 0x80
    NO_DISABLE = 0x40
    NO_DELETE = 0x20


NO_POLICY = Policy(0)


@dataclass(frozen=True)
class Metadata:
    """A profile's metadata; `owner` and `icon` are bytes as coded.

    `iccid` has the 10 bytes of EF.ICCID. `notifications` pairs events with the address of a
    server. `privileges` are carrier privilege rules, as data objects REF-AR-DO (E2);
    `fallback_allowed` lets an eIM make this the fallback profile.
    Spec: GSMA SGP.22, StoreMetadataRequest; GSMA SGP.32, the same (fallbackAllowed); Android,
    UICC carrier privileges.
    """

    iccid: bytes
    provider: str = ""
    name: str = ""
    profile_class: ProfileClass = ProfileClass.OPERATIONAL
    icon_type: int | None = None
    icon: bytes = b""
    notifications: tuple[tuple[Event, str], ...] = ()
    owner: bytes = b""
    policy: Policy = NO_POLICY
    privileges: bytes = b""
    fallback_allowed: bool = False

    @property
    def digits(self) -> str:
        """The ICCID as printed on a card."""
        return unswapped(self.iccid)

    def to_value(self) -> Value:
        """Convert to an immutable value for a Memory."""
        plain = [getattr(self, field.name) for field in fields(self)]
        return tuple(_plain(value) for value in plain)

    @classmethod
    def from_value(cls, value: Value) -> Metadata:
        """Restore metadata from the result of `to_value`."""
        one = cls(*all_parts(value))  # type: ignore[arg-type] # as to_value wrote it
        return replace(
            one,
            profile_class=ProfileClass(one.profile_class),
            notifications=tuple((Event(event), address) for event, address in one.notifications),
            policy=Policy(one.policy),
        )


_OLD_PARTS = 5
"""The number of parts in a profile's stored value in version 0.1.0."""


@dataclass(frozen=True)
class Profile:
    """A whole profile; `size` is the memory that it uses, in bytes.

    `kept` are the elements of its package that are no part of the file system, encoded as received:
    security domains, remote management, parameters of CDMA (`applets.esim.saip.applications`).
    """

    metadata: Metadata
    subscription: Subscription = Subscription()  # noqa: RUF009 - immutable
    size: int = 0
    kept: tuple[bytes, ...] = ()

    @property
    def iccid(self) -> bytes:
        """The ICCID, 10 bytes."""
        return self.metadata.iccid

    def to_value(self) -> Value:
        """Convert to an immutable value for a Memory; cards with the same profile share it."""
        return self._value

    @cached_property
    def _value(self) -> Value:
        return (self.metadata.to_value(), self.subscription.to_value(), self.size, self.kept)

    @classmethod
    def from_value(cls, value: Value) -> Profile:
        """Restore a profile from the result of `to_value`."""
        kept_parts = all_parts(value)
        if len(kept_parts) == _OLD_PARTS:
            metadata, files, pins, aka, size = kept_parts
            kept_parts = (metadata, (files, pins, aka), size, ())
        metadata, subscription, size, kept = kept_parts
        return cls(
            Metadata.from_value(metadata),
            Subscription.from_value(subscription),
            size,  # type: ignore[arg-type] # as to_value wrote it
            kept,  # type: ignore[arg-type] # as to_value wrote it
        )


def _plain(value: object) -> Value:
    """Convert enumerations to integers, which a Memory can hold."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return value  # type: ignore[return-value] # immutable already
