"""Algorithm attributes: the kind of a slot's key, as bytes of C1, C2, C3 and DA.

Spec: OpenPGP Smart Card Application 3.4, 4.4.3.9 (algorithm attributes); RFC 6637, 9.1 (public key
algorithms); RFC 8032 and draft-ietf-openpgp-rfc4880bis (object identifiers of EdDSA and X25519).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from applets.shared.key_kinds import KINDS, KeyKind, Rsa

from .codes import DECRYPTION, Slot

RSA, ECDH, ECDSA, EDDSA = 0x01, 0x12, 0x13, 0x16
RSA_SIZES = (2048, 3072, 4096)
EXPONENT_BITS = range(0x11, 0x21)
IMPORT_FORMATS = range(4)
WITH_PUBLIC_KEY = b"\xff"

CURVES = {
    "P-256": bytes.fromhex("2A8648CE3D030107"),
    "P-384": bytes.fromhex("2B81040022"),
    "P-521": bytes.fromhex("2B81040023"),
    "secp256k1": bytes.fromhex("2B8104000A"),
    "brainpoolP256r1": bytes.fromhex("2B2403030208010107"),
    "brainpoolP384r1": bytes.fromhex("2B240303020801010B"),
    "brainpoolP512r1": bytes.fromhex("2B240303020801010D"),
}
"""Object identifiers of curves for ECDSA and ECDH, the bytes after tag and length."""
ED25519, X25519 = bytes.fromhex("2B06010401DA470F01"), bytes.fromhex("2B060104019755010501")
RSA_NAMES = tuple(f"RSA-{bits}" for bits in RSA_SIZES)
NAMES = (*RSA_NAMES, *CURVES, "Ed25519")
"""The algorithms that a user names; in the slot for decryption Ed25519 means X25519."""
_CODED = {
    **{(code, oid): name for name, oid in CURVES.items() for code in (ECDH, ECDSA)},
    (EDDSA, ED25519): "Ed25519",
    (ECDH, X25519): "X25519",
}


@dataclass(frozen=True, slots=True)
class Attributes:
    """Parsed algorithm attributes; `raw` is the value that was written. Made by `parse`."""

    raw: bytes
    kind: KeyKind
    algorithm: int
    oid: bytes = b""
    public_key: bool = False
    """Whether imported keys come with their public key."""

    @classmethod
    def parse(cls, raw: bytes) -> Attributes:
        """Parse attributes; ValueError if they are malformed or name no algorithm of the card."""
        if raw[:1] == bytes((RSA,)):
            return cls(raw, _rsa(raw), RSA)
        flagged = raw.endswith(WITH_PUBLIC_KEY)
        oid = raw[1:-1] if flagged or raw.endswith(b"\0") else raw[1:]
        name = _CODED.get((raw[0], oid)) if raw else None
        if name is None:
            raise ValueError(f"no algorithm has the attributes {raw.hex().upper()}")
        return cls(raw, KINDS[name], raw[0], oid, flagged)

    def fits(self, slot: Slot) -> bool:
        """Whether a key of this algorithm can do the slot's operation."""
        return self.algorithm in ((RSA, ECDH) if slot is DECRYPTION else (RSA, ECDSA, EDDSA))


def _rsa(raw: bytes) -> Rsa:
    """Modulus and exponent lengths in bits (2 bytes each), and the format of imported keys."""
    bits, exponent = int.from_bytes(raw[1:3], "big"), int.from_bytes(raw[3:5], "big")
    known = bits in RSA_SIZES and exponent in EXPONENT_BITS
    if len(raw) != 6 or not known or raw[5] not in IMPORT_FORMATS:
        raise ValueError(f"no RSA key has the attributes {raw.hex().upper()}")
    return Rsa(bits)


def named(name: str, slot: Slot, exponent_bits: int) -> bytes:
    """Attributes of an algorithm in NAMES (or X25519) for a slot; ValueError for others."""
    if name.startswith("RSA-") and name in NAMES:
        return bytes((RSA,)) + int(name[4:]).to_bytes(2, "big") + bytes((0, exponent_bits, 0))
    if slot is DECRYPTION and name in ("Ed25519", "X25519"):
        return bytes((ECDH,)) + X25519
    if name == "Ed25519":
        return bytes((EDDSA,)) + ED25519
    if name not in CURVES:
        raise ValueError(f"the slot {slot.name} has no algorithm {name!r}")
    return bytes((ECDH if slot is DECRYPTION else ECDSA,)) + CURVES[name]


def supported(slot: Slot, exponent_bits: int, names: Iterable[str] = NAMES) -> Iterator[bytes]:
    """All attributes that a slot accepts, in the order in which a card lists them."""
    return (named(name, slot, exponent_bits) for name in names)
