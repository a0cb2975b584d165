"""The state of a PIV card and its access conditions; the commands are in the other modules."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from applets.shared.key_kinds import PrivateKey
from applets.shared.pins import RuledPin
from vcard import SW, Applet, Command, Pin, Reply, Section

from .algorithms import algorithm_of
from .codes import AID, DEFAULT_PIN, DEFAULT_PUK, Algorithm, PinPolicy, Policies, Reference, Slot
from .identity import Identity
from .keys import BY_SLOT, KeyPair, KeyStore
from .kind import KIND
from .management_key import FACTORY_KEY, SymmetricKey
from .objects import CERTIFICATES, Access, DataObject, certificate_object
from .session import PIN_RULE, Session


@dataclass(frozen=True, slots=True)
class Contents:
    """The initial values of a card; they apply only where the memory is still blank.

    `certificates` are DER, `objects` the values inside the wrapper, by tag. The repr shows no
    secret.
    """

    pin: str = field(default=DEFAULT_PIN, repr=False)
    puk: str = field(default=DEFAULT_PUK, repr=False)
    global_pin: str | None = field(default=None, repr=False)
    pairing_code: str | None = field(default=None, repr=False)
    pin_tries: int = 3
    puk_tries: int = 3
    management_key: SymmetricKey | None = None
    card_authentication_key: SymmetricKey | None = None
    keys: Mapping[Slot, PrivateKey] = field(default_factory=dict, repr=False)
    policies: Mapping[Slot, Policies] = field(default_factory=dict)
    certificates: Mapping[Slot, bytes] = field(default_factory=dict, repr=False)
    objects: Mapping[int, bytes] = field(default_factory=dict, repr=False)

    def check(self, identity: Identity) -> None:
        """Raise ValueError if a PIN, the PUK, the pairing code or a key is invalid."""
        for text in (self.pin, self.global_pin or DEFAULT_PIN):
            identity.pin_rule.pad(text)
        identity.puk_rule.pad(self.puk)
        PIN_RULE.pad(self.pairing_code or DEFAULT_PUK)
        if (
            not 1
            <= min(self.pin_tries, self.puk_tries)
            <= max(self.pin_tries, self.puk_tries)
            <= 15
        ):
            raise ValueError("tries are 1..15")
        for slot, key in self.keys.items():
            if (found := algorithm_of(key)) not in identity.firmware.algorithms:
                raise ValueError(f"the key of slot {slot:02X}: this firmware has no {found.name}")


class PivState(Applet):
    """Keys, PINs, objects and the security status of a PIV card."""

    aid = AID
    secret_instructions = frozenset(secret.ins for secret in KIND.secrets)
    classes = frozenset({0x00})

    identity: Identity
    contents: Contents

    def installed(self) -> None:
        """Personalise a blank memory, or load the one there is."""
        self.global_verified = False
        self.keys = KeyStore(self.memory.section("keys"))
        self.objects: Section = self.memory.section("objects")
        if "serial" not in self.memory:
            self.memory["serial"] = 10_000_000 + secrets.randbelow(9_000_000)
            self.personalise(self.contents)
        self.pins = self._pins(self.contents)

    def personalise(self, contents: Contents) -> None:
        """Write `contents` into the memory (within the transaction that is open)."""
        key = contents.management_key or self.factory_key
        self.memory["management"] = key.pack()
        if contents.card_authentication_key is not None:
            self.memory["card authentication"] = contents.card_authentication_key.pack()
        if contents.pairing_code is not None:
            self.memory["pairing code"] = PIN_RULE.pad(contents.pairing_code)
        for slot, private in contents.keys.items():
            self.keys.add(slot, private, policies=contents.policies.get(slot, BY_SLOT))
        for tag, value in contents.objects.items():
            self.objects[f"{tag:06X}"] = value
        for slot, certificate in contents.certificates.items():
            self.objects[f"{CERTIFICATES[slot]:06X}"] = certificate_object(certificate)

    def _pins(self, contents: Contents) -> dict[int, RuledPin]:
        rule = self.identity.pin_rule
        pins = {
            Reference.PIN: ("pin", contents.pin, rule, contents.pin_tries),
            Reference.PUK: ("puk", contents.puk, self.identity.puk_rule, contents.puk_tries),
        }
        if contents.global_pin is not None or Pin.kept(self.memory, "global"):
            text = contents.global_pin or DEFAULT_PIN
            pins[Reference.GLOBAL_PIN] = ("global", text, rule, contents.pin_tries)
        return {
            int(reference): RuledPin(self.memory, name, text, rule, tries=tries)
            for reference, (name, text, rule, tries) in pins.items()
        }

    # The session

    def powered(self) -> None:
        """End every verification, and discard earlier touches."""
        self.global_verified = False
        if self.touch is not None:
            self.touch.reset()

    def new_session(self) -> Session:
        """Start a session with nothing verified."""
        return Session()

    def selected(self, command: Command, aid: bytes) -> Reply:  # noqa: ARG002 - Applet's shape
        """Answer SELECT with the application property template."""
        if self.identity.pin_always_strict:
            self.status.fresh = False
        return self.identity.template

    @property
    def status(self) -> Session:
        """The security status of this session."""
        return cast("Session", self.session)

    @property
    def pin_verified(self) -> bool:
        """Whether the PIN, or the global PIN where the card has one, was verified."""
        return self.status.pin or self.global_verified

    def needs_administrator(self) -> None:
        """Raise 6982 unless the host has authenticated with the management key."""
        if not self.status.administrator:
            raise SW.SECURITY_STATUS_NOT_SATISFIED

    def needs_pin(self) -> None:
        """Raise 6982 unless a PIN was verified."""
        if not self.pin_verified:
            raise SW.SECURITY_STATUS_NOT_SATISFIED

    def may_read(self, entry: DataObject) -> None:
        """Raise 6982 unless the object may be read now."""
        if entry.read is Access.PIN:
            self.needs_pin()

    def may_use(self, pair: KeyPair) -> None:
        """Raise 6982 unless the private key may be used now."""
        if pair.pin_policy is not PinPolicy.NEVER:
            self.needs_pin()
        if pair.pin_policy is PinPolicy.ALWAYS and not self.status.fresh:
            raise SW.SECURITY_STATUS_NOT_SATISFIED

    # The keys

    @property
    def factory_key(self) -> SymmetricKey:
        """The factory's management key."""
        return SymmetricKey(self.identity.firmware.management, FACTORY_KEY.key)

    @property
    def management(self) -> SymmetricKey:
        """The administrator's key."""
        return SymmetricKey.unpack(self.memory["management"])

    def slot(self, reference: int, *, attestation: bool = False) -> Slot:
        """The slot of a key reference; raises 6A86 if it is unknown."""
        try:
            slot = Slot(reference)
        except ValueError:
            raise SW.INCORRECT_P1_P2 from None
        if slot is Slot.ATTESTATION and not attestation:
            raise SW.INCORRECT_P1_P2
        return slot

    def key_pair(self, reference: int, algorithm: Algorithm) -> KeyPair:
        """Return the key pair of a reference; raises 6A88 if there is none.

        Raises `Identity.wrong_algorithm` (6A86 or 6A80) if the key has another algorithm.
        """
        pair = self.keys.get(self.slot(reference))
        if pair is None:
            raise SW.REFERENCED_DATA_NOT_FOUND
        if pair.algorithm is not algorithm:
            raise self.identity.wrong_algorithm
        return pair


def algorithm(code: int) -> Algorithm:
    """Return the algorithm of an identifier (00 is 3DES as well); raises 6A86 if it is unknown."""
    try:
        return Algorithm(code or Algorithm.TDES)
    except ValueError:
        raise SW.INCORRECT_P1_P2 from None
