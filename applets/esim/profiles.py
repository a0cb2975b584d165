"""A profile: its metadata, files, PINs and secrets, as one immutable value."""

from __future__ import annotations

from dataclasses import astuple, dataclass, fields, replace
from enum import IntEnum, IntFlag
from functools import cached_property

from vcard import Value

from .coding import unswapped
from .files import File, Tree
from .usim import Aka


class ProfileClass(IntEnum):
    """What a profile is for. Spec: GSMA SGP.22, ProfileClass."""

    TEST = 0
    PROVISIONING = 1
    OPERATIONAL = 2


class Event(IntFlag):
    """Events that a server can be notified of, as the byte of their BIT STRING."""

    INSTALL = 0x80
    ENABLE = 0x40
    DISABLE = 0x20
    DELETE = 0x10

    @property
    def bit_string(self) -> bytes:
        """The contents of the BIT STRING with this one bit."""
        unused = (int(self) & -int(self)).bit_length() - 1
        return bytes((unused, self))


ALL_EVENTS = Event.INSTALL | Event.ENABLE | Event.DISABLE | Event.DELETE


class Policy(IntFlag):
    """Profile policy rules, by bit number of the BIT STRING. Spec: GSMA SGP.22, PprIds."""

    UPDATE_CONTROL = 0x80
    NO_DISABLE = 0x40
    NO_DELETE = 0x20


NO_POLICY = Policy(0)


@dataclass(frozen=True, slots=True)
class PinSpec:
    """A PIN as delivered: its key reference, value (8 bytes, filled with FF), tries and PUK.

    `left` and `puk_left` are the tries that are left; None: all.
    """

    reference: int
    value: bytes
    tries: int = 3
    puk: bytes = b""
    puk_tries: int = 10
    enabled: bool = True
    left: int | None = None
    puk_left: int | None = None


@dataclass(frozen=True)
class Metadata:
    """What the ISD-R tells about a profile; of `owner` and icon the coded bytes.

    `iccid` has the 10 bytes of EF.ICCID. `notifications` pairs events with the address of a
    server. Spec: GSMA SGP.22, StoreMetadataRequest.
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

    @property
    def digits(self) -> str:
        """The ICCID as printed on a card."""
        return unswapped(self.iccid)

    def to_value(self) -> Value:
        """As an immutable value for a Memory."""
        plain = [getattr(self, field.name) for field in fields(self)]
        return tuple(_plain(value) for value in plain)

    @classmethod
    def from_value(cls, value: Value) -> Metadata:
        """From what `to_value` gave."""
        assert isinstance(value, tuple)
        one = cls(*value)  # type: ignore[arg-type] # as to_value wrote it
        return replace(
            one,
            profile_class=ProfileClass(one.profile_class),
            notifications=tuple((Event(event), address) for event, address in one.notifications),
            policy=Policy(one.policy),
        )


@dataclass(frozen=True)
class Profile:
    """A whole profile. `aka` is None where the package has no network access application."""

    metadata: Metadata
    files: tuple[File, ...] = ()
    pins: tuple[PinSpec, ...] = ()
    aka: Aka | None = None
    size: int = 0

    @cached_property
    def tree(self) -> Tree:
        """The files, findable."""
        return Tree(self.files)

    @property
    def iccid(self) -> bytes:
        """The 10 bytes that name the profile."""
        return self.metadata.iccid

    def to_value(self) -> Value:
        """As an immutable value for a Memory."""
        return (
            self.metadata.to_value(),
            tuple(file.to_value() for file in self.files),
            tuple(astuple(pin) for pin in self.pins),
            None if self.aka is None else self.aka.to_value(),
            self.size,
        )

    @classmethod
    def from_value(cls, value: Value) -> Profile:
        """From what `to_value` gave."""
        assert isinstance(value, tuple)
        metadata, files, pins, aka, size = value
        assert isinstance(files, tuple)
        assert isinstance(pins, tuple)
        assert isinstance(size, int)
        return cls(
            Metadata.from_value(metadata),
            tuple(File.from_value(file) for file in files),
            tuple(PinSpec(*pin) for pin in pins),  # type: ignore[misc] # as to_value wrote it
            None if aka is None else Aka.from_value(aka),
            size,
        )


def _plain(value: object) -> Value:
    """Without enumerations, which are not of a Memory's types."""
    if isinstance(value, tuple):
        return tuple(_plain(item) for item in value)
    if isinstance(value, int) and not isinstance(value, bool):
        return int(value)
    return value  # type: ignore[return-value] # immutable already
