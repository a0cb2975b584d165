"""The commands that Yubico's tools require beyond the standard.

A card whose identity enables them supports them; any other answers 6D00. No official document
describes all of them: they follow what yubico-piv-tool and ykman send and expect.
"""

from __future__ import annotations

from cryptography.hazmat.primitives.serialization import Encoding

from applets.shared.pins import RuledPin
from vcard import SW, Command, Reply, handles
from vcard.tlv import parse_all, tlv

from .attestation import attest, attestation_pair
from .card_edge import CardEdge, policies
from .codes import DEFAULT_PIN, DEFAULT_PUK, Algorithm, Origin, Reference, Slot, TouchPolicy
from .firmware import (
    ATTEST,
    GET_METADATA,
    GET_SERIAL,
    GET_VERSION,
    IMPORT_KEY,
    INSTRUCTIONS,
    MOVE_KEY,
    RESET,
    SET_MANAGEMENT_KEY,
    SET_PIN_RETRIES,
)
from .management_key import FACTORY_KEY, SymmetricKey
from .objects import CERTIFICATES, certificate_object
from .state import Contents, algorithm

NOWHERE = 0xFF
_ALGORITHM, _POLICY, _ORIGIN, _PUBLIC, _IS_DEFAULT, _RETRIES = 1, 2, 3, 4, 5, 6
_TOUCH = {0xFF: TouchPolicy.NEVER, 0xFE: TouchPolicy.ALWAYS, 0xFD: TouchPolicy.CACHED}


class VendorCommands(CardEdge):
    """Version, serial, metadata, import, attestation, key moving, retries and reset."""

    def process(self, command: Command) -> Reply:
        """Process a command as any applet does, if the firmware knows the vendor's instruction."""
        if command.ins in INSTRUCTIONS & self.identity.firmware.unknown:
            return SW.INS_NOT_SUPPORTED
        return super().process(command)

    def personalise(self, contents: Contents) -> None:
        """Write `contents`, and an attestation key that no reset deletes."""
        super().personalise(contents)
        if self.identity.vendor and Slot.ATTESTATION not in self.keys:
            key, certificate = attestation_pair()
            self.keys.add(Slot.ATTESTATION, key, Origin.GENERATED)
            name = f"{CERTIFICATES[Slot.ATTESTATION]:06X}"
            self.objects[name] = certificate_object(certificate)

    @handles(ins=GET_VERSION, p1=0, p2=0)
    def get_version(self) -> bytes:
        """Three bytes: major, minor, patch."""
        return bytes(self.identity.firmware.version)

    @handles(ins=GET_SERIAL, p1=0, p2=0)
    def get_serial(self) -> bytes:
        """The serial number, 4 bytes."""
        return self.serial.to_bytes(4, "big")

    @property
    def serial(self) -> int:
        """The card's serial number, 8 decimal digits."""
        return self.memory.integer("serial")

    @handles(ins=GET_METADATA, p1=0)
    def get_metadata(self, command: Command) -> Reply:
        """Return the metadata of a key, a PIN or the management key; 6A88 if there is none."""
        if command.p2 in (Reference.PIN, Reference.PUK):
            return self._pin_metadata(self.pins[command.p2], Reference(command.p2))
        if command.p2 == Reference.MANAGEMENT:
            key = self.management
            return (
                tlv(_ALGORITHM, bytes((key.algorithm,)))
                + tlv(_POLICY, bytes((0, key.touch_policy)))
                + tlv(_IS_DEFAULT, bytes((key.key == FACTORY_KEY.key,)))
            )
        if command.p2 not in tuple(Slot):
            return SW.REFERENCED_DATA_NOT_FOUND
        return self._key_metadata(Slot(command.p2))

    def _pin_metadata(self, guarded: RuledPin, reference: Reference) -> bytes:
        text = DEFAULT_PIN if reference is Reference.PIN else DEFAULT_PUK
        return (
            tlv(_ALGORITHM, b"\xff")
            + tlv(_IS_DEFAULT, bytes((guarded.matches(text),)))
            + tlv(_RETRIES, bytes((guarded.limit, guarded.tries_left)))
        )

    def _key_metadata(self, slot: Slot) -> Reply:
        pair = self.keys.get(slot)
        if pair is None:
            return SW.REFERENCED_DATA_NOT_FOUND
        return (
            tlv(_ALGORITHM, bytes((pair.algorithm,)))
            + tlv(_POLICY, bytes((pair.pin_policy, pair.touch_policy)))
            + tlv(_ORIGIN, bytes((pair.origin,)))
            + tlv(_PUBLIC, pair.public)
        )

    @handles(ins=IMPORT_KEY)
    def import_key(self, command: Command) -> Reply:
        """Import a private key into a slot (P1 algorithm, P2 slot).

        6A86 for an unknown algorithm or slot, 6A80 for parts that do not form a key.
        """
        chosen = algorithm(command.p1)
        slot = self.slot(command.p2, attestation=True)
        if chosen not in self.identity.firmware.algorithms:
            return SW.INCORRECT_P1_P2
        self.needs_administrator()
        try:
            parts = {item.tag: item.value for item in parse_all(command.data)}
            self.keys.build(slot, chosen, parts, policies(parts))
        except ValueError:
            raise SW.WRONG_DATA from None
        return SW.OK

    @handles(ins=MOVE_KEY)
    def move_key(self, command: Command) -> Reply:
        """Move a key from slot P2 to P1, or delete it (P1 FF)."""
        self.needs_administrator()
        source = self.slot(command.p2, attestation=True)
        if source not in self.keys:
            return SW.REFERENCED_DATA_NOT_FOUND
        if command.p1 == NOWHERE:
            self.keys.delete(source)
            return SW.OK
        target = self.slot(command.p1)
        if target in self.keys:
            return SW.CONDITIONS_NOT_SATISFIED
        self.keys.move(source, target)
        return SW.OK

    @handles(ins=ATTEST, p2=0)
    def attest(self, command: Command) -> Reply:
        """Return a certificate that attests the origin of the key in slot P1.

        6A82 if the slot is empty, 6A80 if its key was imported.
        """
        pair = self.keys.get(self.slot(command.p1))
        witness = self.keys.get(Slot.ATTESTATION)
        if pair is None or witness is None:
            return SW.FILE_NOT_FOUND
        if pair.origin is not Origin.GENERATED:
            return SW.WRONG_DATA
        version, slot = self.identity.firmware.version, Slot(command.p1)
        try:
            certificate = attest(pair, slot, witness, version=version, serial=self.serial)
        except ValueError:
            raise SW.CONDITIONS_NOT_SATISFIED from None
        return certificate.public_bytes(Encoding.DER)

    @handles(ins=SET_MANAGEMENT_KEY, p1=0xFF)
    def set_management_key(self, command: Command) -> Reply:
        """Replace the management key: algorithm, 9B, length, key; 6A80 for a malformed one."""
        self.needs_administrator()
        touch = _TOUCH.get(command.p2)
        if touch is None:
            return SW.INCORRECT_P1_P2
        data = command.data
        if len(data) < 3 or data[1] != Reference.MANAGEMENT or data[2] != len(data) - 3:
            return SW.WRONG_DATA
        try:
            key = SymmetricKey(self._management_algorithm(data[0]), data[3:], touch)
        except ValueError:
            raise SW.WRONG_DATA from None
        self.memory["management"] = key.pack()
        return SW.OK

    def _management_algorithm(self, code: int) -> Algorithm:
        """The algorithm of a new management key; ValueError if the firmware lacks it."""
        if code not in self.identity.firmware.management_algorithms:
            raise ValueError(f"no management key of algorithm {code:02X}")
        return Algorithm(code)

    @handles(ins=SET_PIN_RETRIES)
    def set_pin_retries(self, command: Command) -> Reply:
        """Set the retry counts (P1: PIN, P2: PUK), and the factory values of PIN and PUK."""
        self.needs_administrator()
        self.needs_pin()
        if not 1 <= command.p1 <= 15 or not 1 <= command.p2 <= 15:
            return SW.INCORRECT_P1_P2
        self._first_values(command.p1, command.p2)
        return SW.OK

    def _first_values(self, pin_tries: int, puk_tries: int) -> None:
        self.pins[Reference.PIN].replace(DEFAULT_PIN, tries=pin_tries)
        self.pins[Reference.PUK].replace(DEFAULT_PUK, tries=puk_tries)
        self.status.pin = self.status.fresh = False

    @handles(ins=RESET, p1=0, p2=0)
    def reset(self) -> Reply:
        """Restore the factory state; 6985 unless PIN and PUK are both blocked."""
        if not all(self.pins[r].blocked for r in (Reference.PIN, Reference.PUK)):
            return SW.CONDITIONS_NOT_SATISFIED
        kept = f"{CERTIFICATES[Slot.ATTESTATION]:06X}"
        for name in [name for name in self.objects if name != kept]:
            del self.objects[name]
        for slot in [slot for slot in self.keys if slot is not Slot.ATTESTATION]:
            self.keys.delete(slot)
        self.memory.pop("card authentication", None)
        self.personalise(Contents())
        self._first_values(3, 3)
        self.status.administrator = False
        return SW.OK
