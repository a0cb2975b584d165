"""The state of an OpenPGP card and its access conditions; the commands are in other modules."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from applets.shared.key_kinds import KeptKey, KeyStore, PrivateKey
from vcard import SW, Applet, Command, Reply, Section
from vcard.touch import Touch

from .attributes import Attributes, named
from .codes import DEFAULT_PW1, DEFAULT_PW3, PREFIX, Origin, Slot, Tag
from .codes import Password as Reference
from .kdf import NONE
from .kind import KIND
from .objects import OBJECTS, Access
from .passwords import LONGEST, SHORTEST, TRIES, Password
from .persona import Persona
from .session import PW1, PW3, RC, Session

PASSWORDS = {
    Reference.PW1_SIGNATURE: PW1,
    Reference.PW1: PW1,
    Reference.PW3: PW3,
}


@dataclass(frozen=True, slots=True)
class Contents:
    """The initial values of a card; they apply only where the memory is still blank.

    `objects` are values by tag, `attributes` algorithm attributes by slot name, `certificates` DER
    by slot name. The repr shows no secret.
    """

    pw1: bytes = field(default=DEFAULT_PW1.encode(), repr=False)
    pw3: bytes = field(default=DEFAULT_PW3.encode(), repr=False)
    rc: bytes = field(default=b"", repr=False)
    tries: tuple[int, int, int] = (3, 3, 3)
    keys: Mapping[str, PrivateKey] = field(default_factory=dict, repr=False)
    attributes: Mapping[str, bytes] = field(default_factory=dict)
    certificates: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    objects: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for name, value in ((PW1, self.pw1), (PW3, self.pw3), (RC, self.rc or bytes(8))):
            if not SHORTEST[name] <= len(value) <= LONGEST:
                raise ValueError(f"{name} has {SHORTEST[name]} to {LONGEST} bytes")
        if not set(self.tries) <= set(TRIES):
            raise ValueError(f"tries are {TRIES[0]}..{TRIES[-1]}")


class OpenPgpState(Applet):
    """Keys, passwords, data objects and the security status of an OpenPGP card."""

    aid = PREFIX
    section = "OpenPgp"
    classes = frozenset({0x00})
    secret_instructions = frozenset(secret.ins for secret in KIND.secrets)

    persona: Persona
    contents: Contents
    touch: Touch
    fixed_serial: int | None

    @property
    def aids(self) -> tuple[bytes, ...]:
        """The AID with the serial number, 16 bytes."""
        return (PREFIX + self.persona.aid(self.serial),)

    @property
    def serial(self) -> int:
        """The serial number, up to 8 decimal digits."""
        if not hasattr(self, "memory"):
            return self.fixed_serial or 0
        return self.memory.integer("serial")

    def installed(self) -> None:
        """Personalise a blank memory; load a memory that is not blank."""
        self.keys = KeyStore(self.memory.section("keys"))
        self.objects: Section = self.memory.section("objects")
        blank = "serial" not in self.memory
        if blank:
            drawn = 10_000_000 + secrets.randbelow(9_000_000)
            self.memory["serial"] = drawn if self.fixed_serial is None else self.fixed_serial
        first = self.contents if blank else Contents()
        self.passwords = {
            PW1: Password(self.memory, PW1, first.pw1, tries=first.tries[0], left=first.tries[0]),
            RC: Password(
                self.memory, RC, first.rc, tries=first.tries[1], left=15 if first.rc else 0
            ),
            PW3: Password(self.memory, PW3, first.pw3, tries=first.tries[2], left=first.tries[2]),
        }
        if blank:
            self.personalise(self.contents)

    def personalise(self, contents: Contents) -> None:
        """Write keys and data objects into the memory (within the transaction that is open)."""
        for tag, value in contents.objects.items():
            self.objects[f"{tag:04X}"] = value
        for slot in self.persona.slots:
            if slot.name in contents.attributes:
                self.objects[f"{slot.attributes:04X}"] = contents.attributes[slot.name]
            if slot.name in contents.keys:
                self.keys.put(slot.name, contents.keys[slot.name], Origin.IMPORTED)
            if slot.name in contents.certificates:
                self.memory[f"certificate {slot.occurrence}"] = contents.certificates[slot.name]

    # The session

    def powered(self) -> None:
        """Reset the button: discard a pending request and earlier touches."""
        self.touch.reset()

    def new_session(self) -> Session:
        """Start a session with nothing verified."""
        return Session()

    def selected(self, command: Command, aid: bytes) -> Reply:  # noqa: ARG002 - Applet's shape
        """Answer SELECT with 9000, or 6285 if the card is terminated."""
        return TERMINATED if self.terminated else None

    @property
    def status(self) -> Session:
        """The security status of this session."""
        return cast("Session", self.session)

    @property
    def terminated(self) -> bool:
        """Whether the card is in its initialisation state, which only ACTIVATE FILE ends."""
        return self.memory.flag("terminated", default=False)

    def needs(self, access: Access | Reference) -> None:
        """Raise 6982 unless the password that `access` requires was verified."""
        if access is not Access.ALWAYS and access.value not in self.status.verified:
            raise SW.SECURITY_STATUS_NOT_SATISFIED

    # Values

    def value(self, tag: int) -> bytes:
        """Return the content of a simple data object, or its first value."""
        initial = OBJECTS[tag].initial if tag in OBJECTS else b""
        return self.objects.octets(f"{tag:04X}", initial)

    def keep(self, tag: int, value: bytes) -> None:
        """Write a simple data object."""
        self.objects[f"{tag:04X}"] = value

    def attributes(self, slot: Slot) -> Attributes:
        """Return the algorithm attributes of a slot: RSA 2048 on a new card."""
        first = named("RSA-2048", slot, self.persona.exponent_bits)
        return Attributes.parse(self.value(slot.attributes) or first)

    def key(self, slot: Slot) -> KeptKey:
        """Return the key of a slot; raise 6A88 if there is none."""
        kept = self.keys.get(slot.name)
        if kept is None:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return kept

    def origin(self, slot: Slot) -> Origin:
        """Return the origin of a slot's key."""
        kept = self.keys.get(slot.name)
        return Origin.NONE if kept is None else Origin(kept.facts[0])

    def put_key(self, slot: Slot, key: PrivateKey, origin: Origin) -> None:
        """Store a key; a new signature key resets the signature counter."""
        self.keys.put(slot.name, key, origin)
        if slot.attributes == 0xC1:
            self.memory["counter"] = 0

    @property
    def kdf(self) -> bytes:
        """Return the KDF-DO."""
        return self.value(Tag.KDF) or NONE


TERMINATED = SW(0x6285)
