"""The commands that Yubico's tools require beyond the standard.

A card whose persona has a firmware supports them; any other answers 6D00. No official document
describes all of them: they follow what ykman sends and expects.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding

from vcard import SW, Command, Reply, handles

from .attestation import attest, attestation_pair
from .attributes import named
from .codes import ATTESTATION, USER_SLOTS, Ins, Origin
from .codes import Password as Reference
from .life_cycle import LifeCycle
from .session import PW1, PW3, RC
from .state import Contents

VENDOR_TRIES = range(1, 100)
"""The retry counts that can be set. A status word has one digit: 63CF means 15 or more."""
INSTRUCTIONS = (Ins.GET_VERSION, Ins.SET_PIN_RETRIES, Ins.GET_ATTESTATION)


class VendorCommands(LifeCycle):
    """Version, retry counts, attestation."""

    def process(self, command: Command) -> Reply:
        """Process a command as any applet does; a plain card lacks the vendor's instructions."""
        if command.ins in INSTRUCTIONS and self.persona.firmware is None:
            return SW.INS_NOT_SUPPORTED
        return super().process(command)

    def personalise(self, contents: Contents) -> None:
        """Write `contents`, and an attestation key that no reset deletes."""
        super().personalise(contents)
        if self.persona.attests and ATTESTATION.name not in self.keys:
            key, certificate = attestation_pair()
            self.keep(ATTESTATION.attributes, named("P-256", ATTESTATION, 0))
            self.keys.put(ATTESTATION.name, key, Origin.GENERATED)
            self.memory["attestation certificate"] = certificate

    @handles(Ins.GET_VERSION, p1=0, p2=0)
    def get_version(self) -> Reply:
        """Three bytes, BCD: major, minor, patch."""
        return bytes(int(str(part), 16) for part in self.persona.firmware or ())

    @handles(Ins.SET_PIN_RETRIES, p1=0, p2=0)
    def set_pin_retries(self, command: Command) -> Reply:
        """Set the retry counts of PW1, resetting code and PW3, and reset their counters.

        Zero tries for the resetting code leave it unchanged.
        """
        self.needs(Reference.PW3)
        if len(command.data) != 3:
            return SW.WRONG_LENGTH
        pw1, rc, pw3 = command.data
        if not {pw1, rc or 1, pw3} <= set(VENDOR_TRIES):
            return SW.WRONG_DATA
        for name, tries in ((PW1, pw1), (PW3, pw3), *(((RC, rc),) if rc else ())):
            self.passwords[name].limit_to(tries)
        return SW.OK

    @handles(Ins.GET_ATTESTATION, cla=0x80, p2=0)
    def get_attestation(self, command: Command) -> Reply:
        """Replace the certificate of key P1 with one that attests the key's origin.

        6A88 without a key, 6985 for one that was imported.
        """
        slot = next((slot for slot in USER_SLOTS if slot.reference == command.p1), None)
        if slot is None or not self.persona.attests:
            return SW.INCORRECT_P1_P2
        self.needs(Reference.PW1_SIGNATURE)
        kept, witness = self.key(slot), self.key(ATTESTATION)
        if self.origin(slot) is not Origin.GENERATED:
            return SW.CONDITIONS_NOT_SATISFIED

        def write() -> Reply:
            made = attest(self, slot, kept, witness)
            self.memory[f"certificate {slot.occurrence}"] = made.public_bytes(Encoding.DER)
            return SW.OK

        return self.touched(ATTESTATION, write)
