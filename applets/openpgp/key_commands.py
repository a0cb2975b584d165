"""The commands that make, import and use keys.

Spec: OpenPGP Smart Card Application 3.4, 7.2.8 (key import), 7.2.10 to 7.2.15, 7.2.18.
"""

from __future__ import annotations

import secrets

from applets.shared.block_ciphers import Aes
from applets.shared.key_kinds import EllipticCurve, KeptKey, Rsa, public_objects
from vcard import SW, Command, Reply, handles
from vcard.tlv import Tlv, read, tlv

from .codes import AUTHENTICATION, DECRYPTION, SIGNATURE, Ins, Origin, Tag
from .codes import Password as Reference
from .key_import import ImportedKey, named_slot
from .password_commands import PasswordCommands
from .touching import Touching

GENERATE, READ = 0x80, 0x81
RSA_PADDING, AES_PADDING = b"\0", b"\2"
BLOCK = 16


class KeyCommands(PasswordCommands, Touching):
    """GENERATE ASYMMETRIC KEY PAIR, PUT DATA with a key, PSO, INTERNAL AUTHENTICATE, MSE."""

    @handles(Ins.GENERATE_ASYMMETRIC_KEY_PAIR, p2=0)
    def generate_asymmetric_key_pair(self, command: Command) -> Reply:
        """Make a new key (P1 80), or read the public half of the present one (P1 81)."""
        if command.p1 not in (GENERATE, READ):
            return SW.INCORRECT_P1_P2
        try:
            slot = named_slot(Tlv.parse(command.data), self.persona.slots)
        except ValueError:
            return SW.WRONG_DATA
        if command.p1 == GENERATE:
            self.needs(Reference.PW3)
            self.put_key(slot, self.attributes(slot).kind.generate(), Origin.GENERATED)
        kept = self.keys.get(slot.name)
        if kept is None:
            return self.persona.no_key
        return tlv(Tag.PUBLIC_KEY, public_objects(kept.public_key))

    @handles(Ins.PUT_KEY)
    def put_key_data(self, command: Command) -> Reply:
        """Import a key, or delete one (a header list without a template)."""
        if command.p1p2 != 0x3FFF:
            return SW.FUNCTION_NOT_SUPPORTED
        self.needs(Reference.PW3)
        try:
            imported = ImportedKey.parse(command.data, self.persona.slots)
            slot = imported.slot
            if imported.parts:
                key = imported.build(self.attributes(slot))
        except ValueError:
            return SW.WRONG_DATA
        if imported.parts:
            self.put_key(slot, key, Origin.IMPORTED)
        elif slot.name in self.keys:
            self.keys.delete(slot.name)
        return SW.OK

    # Use

    @handles(Ins.PERFORM_SECURITY_OPERATION, p1=0x9E, p2=0x9A)
    def compute_digital_signature(self, command: Command) -> Reply:
        """Sign with the signature key; each signature counts."""
        self.needs(Reference.PW1_SIGNATURE)
        kept = self.key(SIGNATURE)
        _check_digest(kept, command.data)
        return self.touched(SIGNATURE, lambda: self._counted(kept, command.data))

    def _counted(self, kept: KeptKey, data: bytes) -> bytes:
        signature = _signature(kept, data)
        self.memory["counter"] = (self.memory.integer("counter", 0) + 1) & 0xFFFFFF
        if not self.memory.flag("several signatures", default=False):
            self.status.verified.discard(Reference.PW1_SIGNATURE)
        return signature

    @handles(Ins.INTERNAL_AUTHENTICATE, p1=0, p2=0)
    def internal_authenticate(self, command: Command) -> Reply:
        """Sign with the key for authentication, or the one that MSE chose."""
        self.needs(Reference.PW1)
        slot = self.status.authenticates
        kept = self.key(slot)
        _check_digest(kept, command.data)
        return self.touched(slot, lambda: _signature(kept, command.data))

    @handles(Ins.PERFORM_SECURITY_OPERATION, p1=0x80, p2=0x86)
    def decipher(self, command: Command) -> Reply:
        """Decipher (padding indicator 00), agree on a key (A6), or decrypt with AES (02)."""
        self.needs(Reference.PW1)
        data = command.data
        if data[:1] == AES_PADDING and self.persona.flags & 2:
            return self._aes().decrypt_cbc(_blocks(data[1:]))
        slot = self.status.deciphers
        kept = self.key(slot)
        cryptogram = _cryptogram(kept, data)
        return self.touched(slot, lambda: _deciphered(kept, cryptogram))

    @handles(Ins.PERFORM_SECURITY_OPERATION, p1=0x86, p2=0x80)
    def encipher(self, command: Command) -> Reply:
        """Encrypt blocks with AES, CBC with an initial vector of zeros."""
        self.needs(Reference.PW1)
        if not self.persona.flags & 2:
            return SW.INCORRECT_P1_P2
        return AES_PADDING + self._aes().encrypt_cbc(_blocks(command.data))

    def _aes(self) -> Aes:
        key = self.memory.octets("aes", b"")
        if not key:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return Aes(key)

    @handles(Ins.MANAGE_SECURITY_ENVIRONMENT, p1=0x41)
    def manage_security_environment(self, command: Command) -> Reply:
        """Choose the key (02 or 03) for decipherment (P2 B8) or authentication (P2 A4)."""
        if not self.persona.manages_environment:
            return SW.INS_NOT_SUPPORTED
        slots = {bytes((0x83, 1, slot.reference)): slot for slot in (DECRYPTION, AUTHENTICATION)}
        if command.p2 not in (0xB8, 0xA4):
            return SW.INCORRECT_P1_P2
        if command.data not in slots:
            return SW.WRONG_DATA
        if command.p2 == DECRYPTION.crt:
            self.status.deciphers = slots[command.data]
        else:
            self.status.authenticates = slots[command.data]
        return SW.OK

    @handles(Ins.GET_CHALLENGE, p1=0, p2=0)
    def get_challenge(self, command: Command) -> Reply:
        """GET CHALLENGE: Le random bytes, up to the limit in the extended capabilities."""
        if command.le is None or command.data or command.le > self.persona.challenge:
            return SW.WRONG_LENGTH
        return secrets.token_bytes(command.le)


def _check_digest(kept: KeptKey, data: bytes) -> None:
    """Raise 6700 if the data are too long: RSA signs at most 40 % of the modulus length.

    Spec: 7.2.10 (length of DigestInfo).
    """
    if not data or (isinstance(kept.kind, Rsa) and len(data) * 5 > kept.kind.size * 2):
        raise SW.WRONG_LENGTH


def _signature(kept: KeptKey, data: bytes) -> bytes:
    try:
        signature = kept.kind.sign(kept.key, data)
    except ValueError:
        raise SW.WRONG_DATA from None
    return kept.kind.fixed(signature) if isinstance(kept.kind, EllipticCurve) else signature


def _cryptogram(kept: KeptKey, data: bytes) -> bytes:
    """Return the cryptogram: after the padding indicator, or in A6, 7F49, 86.

    Data after A6 are ignored, as YubiKeys do: johnnycanencrypt counts Le among the data.
    """
    if isinstance(kept.kind, Rsa):
        if data[:1] != RSA_PADDING:
            raise SW.WRONG_DATA
        return data[1:]
    try:
        template, _ = read(data)
        found = template.find(Tag.PUBLIC_KEY, 0x86) if template.tag == 0xA6 else None
    except ValueError:
        found = None
    if found is None:
        raise SW.WRONG_DATA
    point = found.value
    prefixed = not isinstance(kept.kind, EllipticCurve) and len(point) == 33
    return point[1:] if prefixed and point[0] == 0x40 else point


def _deciphered(kept: KeptKey, cryptogram: bytes) -> bytes:
    try:
        return kept.kind.decipher(kept.key, cryptogram)
    except ValueError:
        raise SW.WRONG_DATA from None


def _blocks(data: bytes) -> bytes:
    if not data or len(data) % BLOCK:
        raise SW.WRONG_LENGTH
    return data
