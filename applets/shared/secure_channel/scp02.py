"""SCP02: sessions keyed with Triple DES.

Spec: GlobalPlatform Card Specification 2.3.1, E.4 (cryptography), E.5 (commands).
"""

from __future__ import annotations

from applets.shared.block_ciphers import TripleDes
from vcard import SW, Command
from vcard.command import CLASS_BYTES

from .keys import KeySet
from .session import Level, Session, check_mac, has_protected_response, protected_header

PROTOCOL = 0x02
UNMODIFIED_APDU, ICV_ENCRYPTION, R_MAC, PSEUDO_RANDOM = 0x02, 0x10, 0x20, 0x40
"""Bits of the parameter "i" (E.1.1); bits 01 (three keys) and 04 (explicit initiation) are set."""

PARAMETERS = frozenset({0x15, 0x35, 0x55, 0x75})
MAC_SIZE = 8
CONSTANT_C_MAC, CONSTANT_R_MAC = b"\x01\x01", b"\x01\x02"
CONSTANT_ENC, CONSTANT_DEK = b"\x01\x82", b"\x01\x81"


def session_key(static: bytes, constant: bytes, sequence: int) -> TripleDes:
    """A key of the session (E.4.1)."""
    data = constant + sequence.to_bytes(2, "big") + bytes(12)
    return TripleDes(TripleDes(static).encrypt_cbc(data))


def pseudo_random_challenge(keys: KeySet, sequence: int, aid: bytes) -> bytes:
    """Derive six bytes from the sequence counter and the applet's AID (E.4.2.3)."""
    mac = session_key(keys.mac.value, CONSTANT_C_MAC, sequence)
    return mac.retail_mac(mac.pad(aid))[:6]


class Scp02Session(Session):
    """A session of SCP02 with the keys of one sequence counter."""

    def __init__(self, keys: KeySet, sequence: int, level: Level, parameter: int) -> None:
        super().__init__(level, keys.kvn)
        self._parameter = parameter
        self._mac_key = session_key(keys.mac.value, CONSTANT_C_MAC, sequence)
        self._rmac_key = session_key(keys.mac.value, CONSTANT_R_MAC, sequence)
        self.enc_key = session_key(keys.enc.value, CONSTANT_ENC, sequence)
        self._dek = session_key(keys.dek.value, CONSTANT_DEK, sequence)
        self._c_mac: bytes | None = None
        self._r_mac = b""
        self._command = b""

    def authenticate(self, command: Command) -> bytes:
        """Check the MAC of EXTERNAL AUTHENTICATE, which is not encrypted; return its data."""
        data = self._unmac(command, command.data[:-MAC_SIZE])
        assert self._c_mac is not None
        self._r_mac = self._c_mac
        return data

    def _open(self, command: Command) -> bytes:
        data = command.data[:-MAC_SIZE]
        if data and self.level & Level.C_DECRYPTION:
            data = self._decrypt(data)
        self._unmac(command, data)
        cla = CLASS_BYTES[command.cla].base
        header = bytes((cla, command.ins, command.p1, command.p2, len(data)))
        self._command = header + data
        return data

    def _decrypt(self, data: bytes) -> bytes:
        """Decrypt; a wrong length counts as a wrong MAC, because the MAC covers the plain data."""
        try:
            return self.enc_key.unpad(self.enc_key.decrypt_cbc(data))
        except ValueError:
            raise SW.SECURITY_STATUS_NOT_SATISFIED from None

    def _unmac(self, command: Command, data: bytes) -> bytes:
        """Check the MAC over the command with plain data."""
        modified = not self._parameter & UNMODIFIED_APDU
        length = len(data) + (MAC_SIZE if modified else 0)
        if length > 255:
            raise SW.WRONG_LENGTH
        covered = protected_header(command, marked=modified) + bytes((length,)) + data
        expected = self._mac_key.retail_mac(self._mac_key.pad(covered), self._icv())
        check_mac(command.data[-MAC_SIZE:], expected)
        self._c_mac = expected
        return data

    def _icv(self) -> bytes:
        if self._c_mac is None:
            return bytes(MAC_SIZE)
        if self._parameter & ICV_ENCRYPTION:
            return TripleDes(self._mac_key.key[:8] * 2).encrypt(self._c_mac)
        return self._c_mac

    def close(self, data: bytes, sw: SW) -> bytes:
        """Append the R-MAC if the level has one; an error has none."""
        if not self.level & Level.R_MAC or not has_protected_response(sw):
            return data
        covered = self._command + bytes((len(data) & 0xFF,)) + data + sw.raw
        self._r_mac = self._rmac_key.retail_mac(self._rmac_key.pad(covered), self._r_mac)
        return data + self._r_mac

    @property
    def key_cipher(self) -> TripleDes:
        """Triple DES with the session's DEK."""
        return self._dek

    def decrypt_key(self, blocks: bytes) -> bytes:
        """Triple DES of each block with the session's DEK (E.4.7)."""
        return self._dek.decrypt(blocks)


class Scp02Opening:
    """The state between INITIALIZE UPDATE and EXTERNAL AUTHENTICATE."""

    def __init__(
        self, keys: KeySet, sequence: int, host: bytes, card: bytes, parameter: int
    ) -> None:
        self.kvn = keys.kvn
        self._keys, self._sequence, self._parameter = keys, sequence, parameter
        self._host, self._card = host, sequence.to_bytes(2, "big") + card

    @property
    def card_cryptogram(self) -> bytes:
        """Compute the card cryptogram, 8 bytes, the proof that the card has the keys."""
        return self._cryptogram(self._host + self._card)

    def accept(self, command: Command) -> Scp02Session:
        """Check EXTERNAL AUTHENTICATE; raises 6982 for a wrong MAC or cryptogram."""
        session = Scp02Session(self._keys, self._sequence, Level(command.p1), self._parameter)
        cryptogram = session.authenticate(command)
        check_mac(cryptogram, self._cryptogram(self._card + self._host))
        return session

    def _cryptogram(self, data: bytes) -> bytes:
        key = session_key(self._keys.enc.value, CONSTANT_ENC, self._sequence)
        return key.encrypt_cbc(key.pad(data))[-8:]


def answer(keys: KeySet, sequence: int, opening: Scp02Opening, challenge: bytes) -> bytes:
    """Build the response to INITIALIZE UPDATE after the diversification data (E.5.1.7)."""
    counter = sequence.to_bytes(2, "big")
    return bytes((keys.kvn, PROTOCOL)) + counter + challenge + opening.card_cryptogram
