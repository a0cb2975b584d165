"""Data objects that the card composes: 6E, 65, 7A, 73 and their contents.

Spec: OpenPGP Smart Card Application 3.4, 4.4.1 and 4.4.3.
"""

from __future__ import annotations

from collections.abc import Callable

from vcard import SW
from vcard.tlv import tlv

from .codes import SLOTS, Tag
from .objects import OBJECTS
from .passwords import LONGEST
from .session import PW1, PW3, RC
from .state import OpenPgpState

FEATURES = bytes.fromhex("810120")
"""General feature management: a button."""
UIF_MANNER = b"\x20"
_OF_ATTRIBUTES = {slot.attributes: slot for slot in SLOTS}
_OF_UIF = {slot.uif: slot for slot in SLOTS}


class ApplicationData(OpenPgpState):
    """Answers each tag of GET DATA."""

    def read(self, tag: int) -> bytes:
        """Return a data object, with its outer tag if the persona returns it; 6A88 if unknown."""
        if tag in self._constructed:
            value = self._constructed[tag]()
            return tlv(tag, value) if self.persona.wrapped else value
        return self.part(tag)

    def part(self, tag: int) -> bytes:
        """Return the value of a primitive data object; raises 6A88 if unknown."""
        if tag in self._made:
            return self._made[tag]()
        if tag in _OF_ATTRIBUTES and _OF_ATTRIBUTES[tag] in self.persona.slots:
            return self.attributes(_OF_ATTRIBUTES[tag]).raw
        if tag in _OF_UIF and self.persona.uif and _OF_UIF[tag] in self.persona.slots:
            return self.uif(tag)
        if tag not in OBJECTS:
            raise SW.REFERENCED_DATA_NOT_FOUND
        self.needs(OBJECTS[tag].read)
        return self.value(tag)

    def installed(self) -> None:
        """Personalise, and build the table of composed data objects."""
        super().installed()
        persona = self.persona
        self._constructed: dict[int, Callable[[], bytes]] = {
            Tag.APPLICATION: self._application,
            Tag.CARDHOLDER: self._cardholder,
            Tag.SECURITY_SUPPORT: lambda: tlv(Tag.COUNTER, self._counter()),
            Tag.DISCRETIONARY: self._discretionary,
        }
        if persona.third_version:
            self._constructed[Tag.ALGORITHM_INFORMATION] = self._algorithms
        self._made: dict[int, Callable[[], bytes]] = {
            Tag.AID: lambda: self.aids[0],
            Tag.HISTORICAL: lambda: persona.historical,
            Tag.EXTENDED_CAPABILITIES: lambda: persona.capabilities,
            Tag.PW_STATUS: self.pw_status,
            Tag.FINGERPRINTS: lambda: self._each("fingerprint", 20),
            Tag.CA_FINGERPRINTS: lambda: self._each("ca_fingerprint", 20),
            Tag.TIMES: lambda: self._each("time", 4),
            Tag.COUNTER: self._counter,
            Tag.CERTIFICATE: self._certificate,
        }
        if persona.third_version:
            self._made[Tag.LENGTHS] = self._lengths
            self._made[Tag.KEY_INFORMATION] = self._key_information
        if persona.flags & 1:
            self._made[Tag.KDF] = lambda: self.kdf
        if persona.uif:
            self._made[Tag.FEATURES] = lambda: FEATURES
        if persona.attests:
            self._made[Tag.ATTESTATION_CERTIFICATE] = lambda: self.memory.octets(
                "attestation certificate", b""
            )

    # Constructed objects

    def _application(self) -> bytes:
        tags = [Tag.AID, Tag.HISTORICAL]
        tags += [Tag.LENGTHS] if self.persona.third_version else []
        tags += [Tag.FEATURES] if self.persona.uif else []
        return self._list(*tags) + tlv(Tag.DISCRETIONARY, self._discretionary())

    def _discretionary(self) -> bytes:
        slots = self.persona.slots
        return self._list(
            Tag.EXTENDED_CAPABILITIES,
            *(slot.attributes for slot in slots),
            Tag.PW_STATUS,
            Tag.FINGERPRINTS,
            Tag.CA_FINGERPRINTS,
            Tag.TIMES,
            *([Tag.KEY_INFORMATION] if self.persona.third_version else []),
            *(slot.uif for slot in slots if self.persona.uif),
        )

    def _cardholder(self) -> bytes:
        return self._list(Tag.NAME, Tag.LANGUAGES, Tag.SEX)

    def _algorithms(self) -> bytes:
        persona = self.persona
        return b"".join(
            tlv(slot.attributes, raw) for slot in persona.slots for raw in persona.algorithms(slot)
        )

    def _list(self, *tags: int) -> bytes:
        return b"".join(tlv(tag, self.part(tag)) for tag in tags)

    # Computed objects

    def _lengths(self) -> bytes:
        return b"".join(tlv(2, size.to_bytes(2, "big")) for size in self.persona.lengths)

    def pw_status(self) -> bytes:
        """Return the PW status bytes: PW1 validity, greatest lengths, remaining tries."""
        tries = (self.passwords[name].tries_left for name in (PW1, RC, PW3))
        several = self.memory.flag("several signatures", default=False)
        return bytes((several, LONGEST, LONGEST, LONGEST, *tries))

    def _each(self, field: str, size: int) -> bytes:
        values = (self.value(getattr(slot, field)) for slot in self.persona.slots)
        return b"".join(value or bytes(size) for value in values)

    def _key_information(self) -> bytes:
        pairs = ((slot.reference, self.origin(slot)) for slot in self.persona.slots)
        return b"".join(map(bytes, pairs))

    def _counter(self) -> bytes:
        return self.memory.integer("counter", 0).to_bytes(3, "big")

    def _certificate(self) -> bytes:
        return self.memory.octets(f"certificate {self.status.occurrence}", b"")

    def uif(self, tag: int) -> bytes:
        """Return a user interaction flag: its policy, and how the user confirms."""
        return (self.value(tag) or b"\0") + UIF_MANNER
