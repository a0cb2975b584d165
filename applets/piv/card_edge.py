"""The commands of the PIV card edge.

Spec: NIST SP 800-73-4, part 2, clause 3. The card handles SELECT, chaining and GET RESPONSE.
"""

from __future__ import annotations

from collections.abc import Mapping

from applets.shared.pins import RuledPin
from vcard import SW, Command, Reply, handles
from vcard.tlv import Tlv, tlv
from vcard.touch import when_touched

from .algorithms import SCHEMES
from .codes import Algorithm, PinPolicy, Policies, Reference, Slot, TouchPolicy
from .dynamic_authentication import Template
from .keys import KeyPair
from .management_key import SymmetricKey, authenticate, prove
from .objects import find, requested, written
from .session import PINS
from .state import PivState, algorithm

WHOLE_CARD = 0x3FFF
CONTROL_TEMPLATE, ALGORITHM_TAG, PARAMETER_TAG, PUBLIC_KEY = 0xAC, 0x80, 0x81, 0x7F49
PIN_POLICY_TAG, TOUCH_POLICY_TAG = 0xAA, 0xAB
_KEEP_FRESH = frozenset({0x20, 0x24, 0x87})
"""VERIFY, CHANGE REFERENCE DATA, GENERAL AUTHENTICATE."""


class CardEdge(PivState):
    """GET and PUT DATA, the PIN commands, GENERAL AUTHENTICATE, GENERATE ASYMMETRIC KEY PAIR."""

    def process(self, command: Command) -> Reply:
        """Process a command; if "PIN always" is strict, other commands consume a verification.

        Spec: SP 800-73-4, part 1, table 4b (VERIFY immediately before the use of the key).
        """
        if self.identity.pin_always_strict and command.ins not in _KEEP_FRESH:
            self.status.fresh = False
        return super().process(command)

    # Data

    @handles(ins=0xCB)
    def get_data(self, command: Command) -> Reply:
        """GET DATA: return one data object; 6A82 if it is absent. Spec: part 2, 3.1.2."""
        _expect(command, WHOLE_CARD)
        try:
            tag = requested(command.data)
        except ValueError:
            return SW.WRONG_DATA
        entry = find(tag, any_tag=self.identity.vendor)
        if entry is None:
            return SW.FILE_NOT_FOUND
        self.may_read(entry)
        name = f"{tag:06X}"
        if name not in self.objects:
            return SW.FILE_NOT_FOUND
        return tlv(entry.wrapper, self.objects.octets(name))

    @handles(ins=0xDB)
    def put_data(self, command: Command) -> Reply:
        """PUT DATA: replace one data object as a whole. Spec: part 2, 3.3.1."""
        _expect(command, WHOLE_CARD)
        self.needs_administrator()
        try:
            tag, item = written(command.data)
        except ValueError:
            return SW.WRONG_DATA
        entry = find(tag, any_tag=self.identity.vendor)
        if entry is None:
            return SW.FUNCTION_NOT_SUPPORTED
        if item.tag != entry.wrapper:
            return SW.WRONG_DATA
        if item.value or not self.identity.vendor:
            self.objects[f"{tag:06X}"] = item.value
        else:  # the vendor's cards delete an object when an empty one is written
            self.objects.pop(f"{tag:06X}", None)
        return SW.OK

    # PINs

    @handles(ins=0x20)
    def verify(self, command: Command) -> Reply:
        """Verify a PIN, query its status (no data), or clear it (P1 FF). Spec: part 2, 3.2.1."""
        if command.p2 == Reference.PAIRING_CODE:
            return self._refused_pairing()
        guarded = self._guarded(command.p2, {int(r) for r in PINS})
        if command.p1 == 0xFF:
            _expect(command, 0xFF00 | command.p2, empty=True)
            self._set(command.p2, verified=False)
            return SW.OK
        _expect(command, command.p2)
        if not command.data:
            return self._status(command.p2, guarded)
        self._check(command.p2, command.data)
        self._set(command.p2, verified=True)
        return SW.OK

    def _status(self, reference: int, guarded: RuledPin) -> SW:
        if self.identity.firmware.status_ends_pin:
            self._set(reference, verified=False)
        return SW.OK if self._is_verified(reference) else guarded.status

    def _refused_pairing(self) -> SW:
        """Refuse the pairing code, which needs secure messaging. Spec: part 2, 3.2.1."""
        known = "pairing code" in self.memory
        return SW.SECURITY_STATUS_NOT_SATISFIED if known else SW.REFERENCED_DATA_NOT_FOUND

    @handles(ins=0x24)
    def change_reference_data(self, command: Command) -> Reply:
        """Replace a PIN or the PUK, given the old one; the PIN is then verified.

        Spec: part 2, 3.2.2.
        """
        guarded = self._guarded(command.p2, {int(r) for r in PINS} | {int(Reference.PUK)})
        _expect(command, command.p2)
        self._renew(guarded, command.p2, command)
        self._set(command.p2, verified=True)
        return SW.OK

    @handles(ins=0x2C)
    def reset_retry_counter(self, command: Command) -> Reply:
        """Set a new PIN with the PUK; a wrong PUK also ends the PIN's verified status.

        Spec: part 2, 3.2.3.
        """
        guarded = self._guarded(command.p2, {int(Reference.PIN)})
        _expect(command, command.p2)
        self._renew(guarded, Reference.PUK, command)
        return SW.OK

    def _renew(self, guarded: RuledPin, proof: int, command: Command) -> None:
        """Set a new value; a wrong proof ends the verified status, unless only malformed."""
        try:
            guarded.renew(command.data, self.pins[proof])
        except SW as sw:
            if sw != SW.WRONG_DATA:
                self._set(command.p2, verified=False)
            raise

    def _guarded(self, reference: int, allowed: set[int]) -> RuledPin:
        if reference not in allowed or reference not in self.pins:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return self.pins[reference]

    def _check(self, reference: int, candidate: bytes) -> None:
        """Compare; a wrong value ends the verified status, unless only malformed."""
        try:
            self.pins[reference].check(candidate)
        except SW as sw:
            if sw != SW.WRONG_DATA:
                self._set(reference, verified=False)
            raise

    def _set(self, reference: int, *, verified: bool) -> None:
        if reference == Reference.PUK:
            return
        if reference == Reference.GLOBAL_PIN:
            self.global_verified = verified
        else:
            self.status.pin = verified
        self.status.fresh = verified

    def _is_verified(self, reference: int) -> bool:
        return self.global_verified if reference == Reference.GLOBAL_PIN else self.status.pin

    # Keys

    @handles(ins=0x87)
    def general_authenticate(self, command: Command) -> Reply:
        """GENERAL AUTHENTICATE: prove the card's key, or let the host prove one.

        Spec: part 2, 3.2.4.
        """
        try:
            template = Template.parse(command.data)
        except ValueError:
            return SW.WRONG_DATA
        used = algorithm(command.p1)
        if command.p2 == Reference.MANAGEMENT:
            return self._authenticate_administrator(used, template)
        if command.p2 == Slot.CARD_AUTHENTICATION and used not in SCHEMES:
            return bytes(prove(self._card_authentication(used), template))
        return self._use(self.key_pair(command.p2, used), template)

    def _use(self, pair: KeyPair, template: Template) -> Reply:
        """Sign, decipher or agree, after a touch if the key requires one."""
        if template.response != b"" or template.witness is not None:
            raise SW.WRONG_DATA
        self.may_use(pair)
        cached = pair.touch_policy is TouchPolicy.CACHED
        wants = pair.touch_policy is TouchPolicy.ALWAYS or (cached and not self.status.touched)
        if self.touch is None or not wants:
            return self._used(pair, template)

        def use() -> Reply:
            self.status.touched = cached
            return self._used(pair, template)

        return when_touched(self.touch, use, SW.SECURITY_STATUS_NOT_SATISFIED)

    def _used(self, pair: KeyPair, template: Template) -> bytes:
        """Return the result of the key's operation, which consumes a fresh verification."""
        try:
            if template.exponentiation is None and template.challenge is not None:
                answer = pair.scheme.respond(pair.key, template.challenge)
            elif template.exponentiation is not None and template.challenge is None:
                answer = pair.scheme.agree(pair.key, template.exponentiation)
            else:
                raise SW.WRONG_DATA
        except ValueError:
            raise SW.WRONG_DATA from None
        self.status.fresh = False
        return bytes(Template(response=answer))

    def _authenticate_administrator(self, used: Algorithm, template: Template) -> Reply:
        key = self.management
        if used is not key.algorithm:
            return self.identity.wrong_algorithm
        status = self.status
        status.administrator = False
        answer = authenticate(key, template, status.dialogue)
        status.administrator = answer is None or answer.response is not None
        return SW.OK if answer is None else bytes(answer)

    def _card_authentication(self, used: Algorithm) -> SymmetricKey:
        value = self.memory.get("card authentication")
        if value is None:
            raise SW.REFERENCED_DATA_NOT_FOUND
        key = SymmetricKey.unpack(value)
        if key.algorithm is not used:
            raise self.identity.wrong_algorithm
        return key

    @handles(ins=0x47)
    def generate_asymmetric_key_pair(self, command: Command) -> Reply:
        """Make a key pair; return its public half. Spec: part 2, 3.3.2."""
        slot = self.slot(command.p2, attestation=self.identity.vendor)
        _expect(command, command.p2)
        self.needs_administrator()
        try:
            chosen, pin, touch = self._generation(Tlv.parse(command.data))
        except ValueError:
            return SW.WRONG_DATA
        return tlv(PUBLIC_KEY, self.keys.generate(slot, chosen, pin, touch).public)

    def _generation(self, control: Tlv) -> tuple[Algorithm, PinPolicy, TouchPolicy]:
        """Parse a control reference template; ValueError if it is malformed."""
        fields = {item.tag: item.value for item in control.children}
        known = {ALGORITHM_TAG, PARAMETER_TAG}
        if self.identity.vendor:
            known |= {PIN_POLICY_TAG, TOUCH_POLICY_TAG}
        if control.tag != CONTROL_TEMPLATE or not fields.keys() <= known:
            raise ValueError("not a control reference template for key generation")
        chosen = Algorithm(one_byte(fields.get(ALGORITHM_TAG, b"")))
        if chosen not in self.identity.firmware.algorithms:
            raise ValueError(f"{chosen.name} has no key pairs here")
        return chosen, *policies(fields)


def policies(fields: Mapping[int, bytes]) -> Policies:
    """The vendor's PIN and touch policies (AA, AB); ValueError if they are invalid."""
    pin = fields.get(PIN_POLICY_TAG, b"\0")
    touch = fields.get(TOUCH_POLICY_TAG, b"\0")
    return PinPolicy(one_byte(pin)), TouchPolicy(one_byte(touch))


def one_byte(value: bytes) -> int:
    """The number in a field of one byte; ValueError if it has another length."""
    if len(value) != 1:
        raise ValueError(f"{len(value)} bytes where one is expected")
    return value[0]


def _expect(command: Command, p1p2: int, *, empty: bool = False) -> None:
    if command.p1p2 != p1p2:
        raise SW.INCORRECT_P1_P2
    if empty and command.data:
        raise SW.WRONG_DATA
