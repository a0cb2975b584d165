"""GET DATA, PUT DATA, SELECT DATA, GET NEXT DATA.

Spec: OpenPGP Smart Card Application 3.4, 7.2.5 to 7.2.8.
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles

from .application_data import UIF_MANNER, ApplicationData
from .attributes import Attributes, supported
from .codes import DEFAULT_PW1, DEFAULT_PW3, SLOTS, Ins, Slot, Tag, Uif
from .kdf import Kdf
from .objects import OBJECTS, Access
from .session import PW1, PW3, RC

CERTIFICATES = range(3)
CERTIFICATE_LIST = bytes.fromhex("60045C027F21")
_OF_ATTRIBUTES = {slot.attributes: slot for slot in SLOTS}
_PERMANENT = (bytes((Uif.PERMANENT,)), bytes((Uif.CACHED_PERMANENT,)))


class DataCommands(ApplicationData):
    """Reading and writing data objects."""

    @handles(Ins.GET_DATA)
    def get_data(self, command: Command) -> Reply:
        """GET DATA: return one data object; 6A88 if the card does not know it."""
        return self.read(command.p1p2)

    @handles(Ins.SELECT_DATA, p2=0x04)
    def select_data(self, command: Command) -> Reply:
        """SELECT DATA: choose one of the three certificates (P1); 6A88 for another number."""
        if not self.persona.third_version:
            return SW.INS_NOT_SUPPORTED
        data = command.data
        if self.persona.stray_length and data[:1] == b"\x06":
            data = data[1:]
        if data != CERTIFICATE_LIST:
            return SW.WRONG_DATA
        if command.p1 not in CERTIFICATES:
            return SW.REFERENCED_DATA_NOT_FOUND
        self.status.occurrence = command.p1
        return SW.OK

    @handles(Ins.GET_NEXT_DATA, p1=0x7F, p2=0x21)
    def get_next_data(self, command: Command) -> Reply:
        """GET NEXT DATA: return the next certificate; 6A88 after the last one."""
        if not self.persona.third_version:
            return SW.INS_NOT_SUPPORTED
        if self.status.occurrence + 1 not in CERTIFICATES:
            return SW.REFERENCED_DATA_NOT_FOUND
        self.status.occurrence += 1
        return self.read(command.p1p2)

    @handles(Ins.PUT_DATA)
    def put_data(self, command: Command) -> Reply:
        """PUT DATA: replace one data object."""
        tag, value = command.p1p2, command.data
        entry = OBJECTS.get(tag)
        self.needs(Access.PW3 if entry is None else entry.write)
        if entry is not None:
            if not entry.accepts(value, self.persona.special):
                return SW.WRONG_LENGTH
            if not entry.allowed(value):
                return SW.WRONG_DATA
            self.keep(tag, value)
            return SW.OK
        return self._put_special(tag, value)

    def _put_special(self, tag: int, value: bytes) -> SW:
        """Write a data object that the card interprets; 6A88 for a tag that cannot be written."""
        if tag in _OF_ATTRIBUTES and _OF_ATTRIBUTES[tag] in self.persona.slots:
            return self._put_attributes(_OF_ATTRIBUTES[tag], value)
        if any(tag == slot.uif for slot in self.persona.slots) and self.persona.uif:
            return self._put_uif(tag, value)
        put = {
            Tag.PW_STATUS: self._put_pw_status,
            Tag.RESETTING_CODE: self._put_resetting_code,
            Tag.AES_KEY: self._put_aes_key,
            Tag.CERTIFICATE: self._put_certificate,
        }
        if self.persona.flags & 1:
            put[Tag.KDF] = self._put_kdf
        if self.persona.attests:
            put[Tag.ATTESTATION_CERTIFICATE] = self._put_attestation_certificate
        if tag not in put:
            return SW.REFERENCED_DATA_NOT_FOUND
        return put[Tag(tag)](value)

    def _put_attributes(self, slot: Slot, value: bytes) -> SW:
        """Write algorithm attributes; a change deletes the key, but not its fingerprint."""
        try:
            attributes = Attributes.parse(value)
        except ValueError:
            return SW.WRONG_DATA
        if not attributes.fits(slot) or attributes.kind.name not in self._kinds(slot):
            return SW.WRONG_DATA
        if value != self.attributes(slot).raw and slot.name in self.keys:
            self.keys.delete(slot.name)
        self.keep(slot.attributes, value)
        return SW.OK

    def _kinds(self, slot: Slot) -> set[str]:
        """The names of the algorithms that a slot can have."""
        persona = self.persona
        listed = supported(slot, persona.exponent_bits, persona.algorithm_names)
        return {Attributes.parse(raw).kind.name for raw in listed}

    def _put_uif(self, tag: int, value: bytes) -> SW:
        """Write a user interaction flag; 6985 if the present policy is permanent."""
        if len(value) != 2:
            return SW.WRONG_LENGTH
        if value[0] not in self.persona.uif or value[1:] != UIF_MANNER:
            return SW.WRONG_DATA
        if self.value(tag) in _PERMANENT:
            return SW.CONDITIONS_NOT_SATISFIED
        self.keep(tag, value[:1])
        self.status.touched.clear()
        return SW.OK

    def _put_pw_status(self, value: bytes) -> SW:
        """Write whether PW1 is valid for several signatures; 4 bytes must repeat the lengths."""
        if len(value) not in (1, 4):
            return SW.WRONG_LENGTH
        if value[0] > 1 or value[1:] not in (b"", self.pw_status()[1:4]):
            return SW.WRONG_DATA
        self.memory["several signatures"] = bool(value[0])
        return SW.OK

    def _put_resetting_code(self, value: bytes) -> SW:
        if value:
            self.passwords[RC].renew(value)
        else:
            self.passwords[RC].remove()
        return SW.OK

    def _put_aes_key(self, value: bytes) -> SW:
        if not self.persona.flags & 2:
            return SW.REFERENCED_DATA_NOT_FOUND
        if len(value) not in (16, 32):
            return SW.WRONG_LENGTH
        self.memory["aes"] = value
        return SW.OK

    def _put_certificate(self, value: bytes) -> SW:
        if len(value) > self.persona.certificate:
            return SW.WRONG_LENGTH
        self.memory[f"certificate {self.status.occurrence}"] = value
        return SW.OK

    def _put_attestation_certificate(self, value: bytes) -> SW:
        if len(value) > self.persona.certificate:
            return SW.WRONG_LENGTH
        self.memory["attestation certificate"] = value
        return SW.OK

    def _put_kdf(self, value: bytes) -> SW:
        """Store the KDF-DO; its hashes, or the factory values, become the passwords.

        PW3 stays verified, because hosts continue with fingerprints and other objects.
        """
        try:
            kdf = Kdf.parse(value)
        except ValueError:
            return SW.WRONG_DATA
        self.keep(Tag.KDF, value)
        first = kdf.passwords if kdf.hashes else (DEFAULT_PW1.encode(), DEFAULT_PW3.encode())
        if self.persona.kdf_sets_passwords and first is not None:
            self.passwords[PW1].replace(first[0])
            self.passwords[PW3].replace(first[1])
            self.passwords[RC].remove()
        return SW.OK
