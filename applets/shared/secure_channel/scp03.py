"""SCP03: sessions keyed with AES.

Spec: GlobalPlatform Amendment D 1.2, 4.1.5 (derivation), 6.2 (sessions, MACs, encryption);
NIST SP 800-108 (KDF in counter mode).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

from applets.shared.block_ciphers import Aes
from vcard import SW, Command

from .keys import KeySet
from .session import Level, Session, check_mac, has_protected_response, protected_header

PROTOCOL = 0x03
BLOCK = 16
S16, PSEUDO_RANDOM, R_MAC, R_ENCRYPTION = 0x01, 0x10, 0x20, 0x40
"""Bits of the parameter "i" (Amendment D, 5.1)."""

PARAMETERS = frozenset({0x00, 0x10, 0x20, 0x30, 0x60, 0x70})
PARAMETERS_S16 = frozenset(i | S16 for i in PARAMETERS)


class Constant(IntEnum):
    """The purpose of a derived value (Amendment D, table 4-1)."""

    CARD_CRYPTOGRAM = 0x00
    HOST_CRYPTOGRAM = 0x01
    CARD_CHALLENGE = 0x02
    S_ENC = 0x04
    S_MAC = 0x06
    S_RMAC = 0x07


def derive(key: bytes, constant: Constant, context: bytes, size: int) -> bytes:
    """Derive `size` bytes from an AES key."""
    cipher, derived, counter = Aes(key), b"", 1
    while len(derived) < size:
        label = bytes(11) + bytes((constant, 0))
        data = label + (size * 8).to_bytes(2, "big") + bytes((counter,)) + context
        derived += cipher.cmac(data)
        counter += 1
    return derived[:size]


@dataclass(frozen=True, slots=True)
class SessionKeys:
    """The keys of a session; `dek` encrypts keys inside commands."""

    enc: bytes = field(repr=False)
    mac: bytes = field(repr=False)
    rmac: bytes = field(repr=False)
    dek: bytes = field(repr=False)

    @classmethod
    def derive(cls, keys: KeySet, context: bytes) -> SessionKeys:
        """Derive session keys; the context is host challenge and card challenge."""
        enc, mac = keys.enc.value, keys.mac.value
        return cls(
            derive(enc, Constant.S_ENC, context, len(enc)),
            derive(mac, Constant.S_MAC, context, len(mac)),
            derive(mac, Constant.S_RMAC, context, len(mac)),
            keys.dek.value,
        )


class Scp03Session(Session):
    """A session of SCP03, or of SCP11 after its key agreement.

    `chain` is the MAC chaining value, 16 bytes; MACs have `mac_size` bytes (8, or 16 in S16 mode).
    """

    def __init__(
        self,
        keys: SessionKeys,
        level: Level,
        kvn: int,
        *,
        chain: bytes = bytes(BLOCK),
        mac_size: int = 8,
    ) -> None:
        super().__init__(level, kvn)
        self._keys = keys
        self._chain = chain
        self._mac_size = mac_size
        self._counter = 0

    def authenticate(self, command: Command) -> bytes:
        """Check the MAC of EXTERNAL AUTHENTICATE; return the host cryptogram."""
        return self._unmac(command)

    def _open(self, command: Command) -> bytes:
        data = self._unmac(command)
        if not self.level & Level.C_DECRYPTION:
            return data
        self._counter += 1  # for each command, encrypted data or not
        return self._decrypt(data) if data else b""

    def _unmac(self, command: Command) -> bytes:
        data, mac = command.data[: -self._mac_size], command.data[-self._mac_size :]
        size = len(command.data)
        length = b"\0" + size.to_bytes(2, "big") if command.extended else bytes((size,))
        covered = self._chain + protected_header(command) + length + data
        chain = Aes(self._keys.mac).cmac(covered)
        check_mac(mac, chain[: self._mac_size])
        self._chain = chain
        return data

    def _decrypt(self, data: bytes) -> bytes:
        if len(data) % BLOCK:
            raise SW.WRONG_LENGTH
        cipher = Aes(self._keys.enc)
        try:
            return cipher.unpad(cipher.decrypt_cbc(data, self._icv(0x00)))
        except ValueError:
            raise SW.WRONG_DATA from None

    def _icv(self, first: int) -> bytes:
        """Encrypt the counter with S-ENC; its first byte is 80 for responses."""
        block = bytes((first,)) + self._counter.to_bytes(BLOCK - 1, "big")
        return Aes(self._keys.enc).encrypt(block)

    def close(self, data: bytes, sw: SW) -> bytes:
        """Encrypt and MAC the data as the level requires; an error has no MAC."""
        if not self.level & Level.R_MAC or not has_protected_response(sw):
            return data
        if data and self.level & Level.R_ENCRYPTION:
            cipher = Aes(self._keys.enc)
            data = cipher.encrypt_cbc(cipher.pad(data), self._icv(0x80))
        mac = Aes(self._keys.rmac).cmac(self._chain + data + sw.raw)
        return data + mac[: self._mac_size]

    @property
    def key_cipher(self) -> Aes:
        """AES with the DEK."""
        return Aes(self._keys.dek)

    def decrypt_key(self, blocks: bytes) -> bytes:
        """AES-CBC with the DEK and an IV of zeros."""
        return self.key_cipher.decrypt_cbc(blocks)


class Scp03Opening:
    """The state between INITIALIZE UPDATE and EXTERNAL AUTHENTICATE."""

    def __init__(self, keys: KeySet, host: bytes, card: bytes) -> None:
        self.kvn = keys.kvn
        self._size = len(host)
        self._context = host + card
        self._keys = SessionKeys.derive(keys, self._context)

    @property
    def card_cryptogram(self) -> bytes:
        """Compute the card cryptogram, as long as the challenges."""
        return derive(self._keys.mac, Constant.CARD_CRYPTOGRAM, self._context, self._size)

    def accept(self, command: Command) -> Scp03Session:
        """Check EXTERNAL AUTHENTICATE; raises 6982 for a wrong MAC, 6300 for the cryptogram."""
        session = Scp03Session(self._keys, Level(command.p1), self.kvn, mac_size=self._size)
        cryptogram = session.authenticate(command)
        expected = derive(self._keys.mac, Constant.HOST_CRYPTOGRAM, self._context, self._size)
        check_mac(cryptogram, expected)
        return session


def answer(keys: KeySet, parameter: int, opening: Scp03Opening, challenge: bytes) -> bytes:
    """Build the response to INITIALIZE UPDATE after the diversification data.

    Spec: Amendment D, 7.1.1.6.
    """
    return bytes((keys.kvn, PROTOCOL, parameter)) + challenge + opening.card_cryptogram


def pseudo_random_challenge(keys: KeySet, sequence: int, aid: bytes, size: int) -> bytes:
    """Derive the card challenge from the sequence counter (Amendment D, 6.2.2.1)."""
    context = sequence.to_bytes(3, "big") + aid
    return derive(keys.enc.value, Constant.CARD_CHALLENGE, context, size)
