"""SCP11: key agreement on elliptic curves, then a session as in SCP03.

Spec: GlobalPlatform Amendment F 1.4, 3.1 (key agreement), 7.5 and 7.6 (commands).
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF

from applets.shared.block_ciphers import Aes
from vcard.tlv import Tlv, parse_all, tlv

from .curves import hash_of, point_of
from .scp03 import Scp03Session, SessionKeys
from .session import FULL, Level

PROTOCOL = 0x11
CONTROL_REFERENCE, PUBLIC_KEY, RECEIPT = 0xA6, 0x5F49, 0x86
_SCP, _USAGE, _TYPE, _LENGTH = 0x90, 0x95, 0x80, 0x81
_LEVELS = {0x34: Level.C_MAC | Level.R_MAC, 0x3C: FULL}
_AES, _AES_SIZES = 0x88, (16, 24, 32)


@dataclass(frozen=True, slots=True)
class Variant:
    """One kind of SCP11.

    `host_keys`: the host has a certified key of its own. `authenticates`: a session counts as that
    of an authenticated host, except with SCP11c, whose first half can be replayed.
    """

    letter: str
    kid: int
    parameters: int
    host_keys: bool
    authenticates: bool


A = Variant("a", 0x11, 0x01, host_keys=True, authenticates=True)
B = Variant("b", 0x13, 0x00, host_keys=False, authenticates=False)
C = Variant("c", 0x15, 0x03, host_keys=True, authenticates=False)
VARIANTS = {variant.kid: variant for variant in (A, B, C)}
"""The variants by the identifier of the security domain's key."""

CA_KIDS = frozenset({0x10, *range(0x20, 0x30)})
"""Identifiers of the keys that certify hosts (KLOC)."""


class Scp11Session(Scp03Session):
    """A session of SCP11; only a certified key authenticates the host."""

    def __init__(
        self, keys: SessionKeys, level: Level, kvn: int, receipt: bytes, *, host: bool
    ) -> None:
        super().__init__(keys, level, kvn, chain=receipt)
        self.host_authenticated = host


@dataclass(frozen=True, slots=True)
class Request:
    """The host's proposal: `shared_info` is its input to the derivation."""

    raw: bytes
    level: Level
    key_size: int
    shared_info: bytes
    point: bytes

    @classmethod
    def parse(cls, raw: bytes, variant: Variant) -> Request:
        """Parse the data of INTERNAL or MUTUAL AUTHENTICATE; ValueError if they are malformed."""
        control, public = parse_all(raw)
        if control.tag != CONTROL_REFERENCE or public.tag != PUBLIC_KEY:
            raise ValueError("the data are not A6 and 5F49")
        found = {item.tag: item.value for item in control.children}
        if found.get(_SCP) != bytes((PROTOCOL, variant.parameters)):
            raise ValueError(f"the parameters are not those of SCP11{variant.letter}")
        usage, kind, length = (_byte(found, tag) for tag in (_USAGE, _TYPE, _LENGTH))
        if usage not in _LEVELS or kind != _AES or length not in _AES_SIZES:
            raise ValueError("no session of this usage, key type and key length")
        info = bytes((usage, kind, length))
        return cls(raw, _LEVELS[usage], length, info, public.value)


def _byte(found: dict[int, bytes], tag: int) -> int:
    value = found.get(tag, b"")
    if len(value) != 1:
        raise ValueError(f"the data object {tag:02X} has one byte")
    return value[0]


def agree(
    request: Request,
    variant: Variant,
    kvn: int,
    own: ec.EllipticCurvePrivateKey,
    host: ec.EllipticCurvePublicKey | None,
) -> tuple[Scp11Session, bytes]:
    """Agree on keys; return the session and the response, with an ephemeral key of the card.

    `own` is the security domain's key, `host` the certified one of the host (not for SCP11b).
    ValueError if the host's ephemeral key is not on the curve.
    """
    curve = own.curve
    ephemeral = ec.generate_private_key(curve)
    host_ephemeral = ec.EllipticCurvePublicKey.from_encoded_point(curve, request.point)
    secret = ephemeral.exchange(ec.ECDH(), host_ephemeral)
    secret += own.exchange(ec.ECDH(), host or host_ephemeral)
    size = request.key_size
    derived = X963KDF(hash_of(curve), 5 * size, request.shared_info).derive(secret)
    receipt_key, *rest = (derived[i : i + size] for i in range(0, 5 * size, size))
    public = tlv(PUBLIC_KEY, point_of(ephemeral.public_key()))
    receipt = Aes(receipt_key).cmac(request.raw + public)
    known = variant.authenticates
    session = Scp11Session(SessionKeys(*rest), request.level, kvn, receipt, host=known)
    return session, public + bytes(Tlv(RECEIPT, receipt))
