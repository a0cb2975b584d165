"""Keys from outside: the extended header list of PUT DATA.

Spec: OpenPGP Smart Card Application 3.4, 4.4.3.12 (private key template).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from applets.shared.key_kinds import (
    X25519,
    Ed25519,
    EllipticCurve,
    PrivateKey,
    Rsa,
    public_parts,
)
from vcard.tlv import Tlv, read_length, read_tag

from .attributes import Attributes
from .codes import Slot

HEADER_LIST, TEMPLATE, VALUES = 0x4D, 0x7F48, 0x5F48
EXPONENT, P, Q, Q_INVERSE, DP, DQ, N = 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97
SECRET, PUBLIC = 0x92, 0x99
CRT = {"qinv": Q_INVERSE, "dp": DP, "dq": DQ}


@dataclass(frozen=True, slots=True)
class ImportedKey:
    """A key template: the slot, and the numbers of the key by tag (none: delete the key)."""

    slot: Slot
    parts: dict[int, bytes] = field(repr=False)

    @classmethod
    def parse(cls, raw: bytes, slots: Iterable[Slot]) -> ImportedKey:
        """Parse an extended header list; ValueError if it is malformed or names no slot."""
        whole = Tlv.parse(raw)
        if whole.tag != HEADER_LIST:
            raise ValueError("an extended header list has the tag 4D")
        first, *rest = whole.children
        fields = {item.tag: item.value for item in rest}
        if not fields:
            return cls(named_slot(first, slots), {})
        if fields.keys() != {TEMPLATE, VALUES}:
            raise ValueError("a key has a template 7F48 and values 5F48")
        return cls(named_slot(first, slots), _parts(fields[TEMPLATE], fields[VALUES]))

    def build(self, attributes: Attributes) -> PrivateKey:
        """Make the key; ValueError if the numbers do not form a key of that algorithm."""
        key = self._private(attributes)
        point = self.parts.get(PUBLIC)
        if point is not None and point not in public_parts(key.public_key()).values():
            raise ValueError("the public key does not belong to the private key")
        return key

    def _private(self, attributes: Attributes) -> PrivateKey:
        kind, parts = attributes.kind, self.parts
        if isinstance(kind, Rsa):
            return self._rsa(kind)
        secret = parts.get(SECRET, b"")
        if isinstance(kind, X25519):
            secret = secret[::-1]  # big-endian on the wire, like all other numbers
        if isinstance(kind, EllipticCurve) and len(secret) > kind.size:
            raise ValueError(f"a private number of {kind.name} has {kind.size} bytes")
        assert isinstance(kind, EllipticCurve | Ed25519 | X25519)
        return kind.build(secret)

    def _rsa(self, kind: Rsa) -> PrivateKey:
        parts = self.parts
        crt = {name: parts[tag] for name, tag in CRT.items() if tag in parts}
        p, q = parts.get(P, b""), parts.get(Q, b"")
        if N in parts and _number(parts[N]) != _number(p) * _number(q):
            raise ValueError("n is not the product of p and q")
        return kind.build(p, q, exponent=_number(parts.get(EXPONENT, b"")), crt=crt)


def named_slot(crt: Tlv, slots: Iterable[Slot]) -> Slot:
    """Find the slot of a control reference template (B6 00, or B6 03 84 01 nn); else ValueError."""
    for slot in slots:
        numbered = bytes(Tlv(0x84, bytes((slot.reference,))))
        if crt.tag == slot.crt and (
            crt.value == numbered or (not crt.value and slot.reference < 4)
        ):
            return slot
    raise ValueError(f"no key has the template {bytes(crt).hex().upper()}")


def _parts(template: bytes, values: bytes) -> dict[int, bytes]:
    """Split the values into the lengths that the template lists."""
    found, offset, start = {}, 0, 0
    while offset < len(template):
        tag, offset = read_tag(template, offset)
        length, offset = read_length(template, offset)
        found[tag] = values[start : start + length]
        start += length
    if start != len(values):
        raise ValueError(f"the template lists {start} bytes, but there are {len(values)}")
    return found


def _number(raw: bytes) -> int:
    return int.from_bytes(raw, "big")
