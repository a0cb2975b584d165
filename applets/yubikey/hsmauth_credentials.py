"""HSMAuth credentials: static keys protected by a password, and their session keys."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from applets.shared.block_ciphers import Aes
from applets.shared.secure_channel import curves, scp03
from applets.shared.secure_channel.scp03 import Constant
from vcard import SW, Section, Value
from vcard.memory import parts

AES_128, P256 = 0x26, 0x27
PASSWORD_BYTES, KEY_BYTES, SCALAR_BYTES, POINT_BYTES = 16, 16, 32, 65
LONGEST_LABEL, TRIES = 64, 8
_SHARED_INFO = bytes.fromhex("3C8810")
"""The purpose of the derived keys: key usage, AES, 16 bytes (Amendment F, 6.5.2.3)."""


@dataclass(frozen=True, slots=True)
class Credential:
    """`key` is K-ENC and K-MAC, or a P-256 scalar. ValueError if a length is wrong."""

    label: bytes
    algorithm: int
    touch: bool
    key: bytes = field(repr=False)
    password: bytes = field(repr=False)
    tries: int = TRIES

    def __post_init__(self) -> None:
        sizes = {AES_128: 2 * KEY_BYTES, P256: SCALAR_BYTES}
        if len(self.key) != sizes.get(self.algorithm) or len(self.password) != PASSWORD_BYTES:
            raise ValueError("the algorithm, key or password is none")
        if not 1 <= len(self.label) <= LONGEST_LABEL:
            raise ValueError(f"a label has 1..{LONGEST_LABEL} bytes")

    @property
    def pair(self) -> ec.EllipticCurvePrivateKey:
        """Return the key pair of a P-256 credential."""
        return ec.derive_private_key(int.from_bytes(self.key, "big"), ec.SECP256R1())

    @property
    def point(self) -> bytes:
        """Return its public key, uncompressed."""
        return curves.point_of(self.pair.public_key())

    def session_keys(self, context: bytes, cryptogram: bytes | None) -> bytes:
        """Derive S-ENC, S-MAC and S-RMAC from AES-128 keys; `context` is host and card challenge.

        Raises 6982 if the card cryptogram is wrong.
        """
        enc, mac = self.key[:KEY_BYTES], self.key[KEY_BYTES:]
        s_mac = scp03.derive(mac, Constant.S_MAC, context, KEY_BYTES)
        if cryptogram is not None:
            expected = scp03.derive(s_mac, Constant.CARD_CRYPTOGRAM, context, len(cryptogram))
            _compare(expected, cryptogram)
        s_enc = scp03.derive(enc, Constant.S_ENC, context, KEY_BYTES)
        return s_enc + s_mac + scp03.derive(mac, Constant.S_RMAC, context, KEY_BYTES)

    def agreed_keys(
        self,
        context: bytes,
        ephemeral: ec.EllipticCurvePrivateKey,
        static: bytes,
        receipt: bytes | None,
    ) -> bytes:
        """Derive them by key agreement; `context` is the host's and the device's ephemeral point.

        `static` is the device's public key. ValueError for a point that is not on the curve;
        raises 6982 if the receipt is wrong.
        """
        mine, theirs = context[:POINT_BYTES], context[POINT_BYTES:]
        secret = ephemeral.exchange(ec.ECDH(), curves.public_key(theirs, 0))
        secret += self.pair.exchange(ec.ECDH(), curves.public_key(static, 0))
        keys = X963KDF(SHA256(), 4 * KEY_BYTES, _SHARED_INFO).derive(secret)
        if receipt is not None:
            _compare(Aes(keys[:KEY_BYTES]).cmac(theirs + mine), receipt)
        return keys[KEY_BYTES:]


def _compare(expected: bytes, given: bytes) -> None:
    if not given or not hmac.compare_digest(expected, given):
        raise SW.SECURITY_STATUS_NOT_SATISFIED


class Credentials:
    """Credentials by label, in a section of the card's memory."""

    def __init__(self, memory: Section) -> None:
        self._memory = memory

    def __iter__(self) -> Iterator[Credential]:
        return (self.get(bytes.fromhex(name)) for name in self._memory)

    def __contains__(self, label: bytes) -> bool:
        return label.hex() in self._memory

    def get(self, label: bytes) -> Credential:
        """Return the credential with a label; raises 6A88 if there is none."""
        if label not in self:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return _unpack(label, self._memory[label.hex()])

    def put(self, one: Credential) -> None:
        """Store a credential."""
        self._memory[one.label.hex()] = _pack(one)

    def delete(self, label: bytes) -> None:
        """Delete a credential; raises 6A88 if there is none."""
        self.get(label)
        del self._memory[label.hex()]

    def clear(self) -> None:
        """Delete all credentials."""
        self._memory.clear()

    def refuses(self, one: Credential, password: bytes) -> SW | None:
        """Compare a password: None if it is right, else 63Cx.

        The try is counted first; the last wrong one deletes the credential.
        """
        counted = replace(one, tries=one.tries - 1)
        self._memory.write_through(one.label.hex(), _pack(counted))
        if hmac.compare_digest(one.password, password):
            self.put(replace(one, tries=TRIES))
            return None
        if not counted.tries:
            self.delete(one.label)
        return SW.tries_left(counted.tries)


def _pack(one: Credential) -> Value:
    return one.algorithm, one.touch, one.key, one.password, one.tries


def _unpack(label: bytes, value: Value) -> Credential:
    algorithm, touch, key, password, tries = parts(value, int, int, bytes, bytes, int)
    return Credential(label, algorithm, bool(touch), key, password, tries)
