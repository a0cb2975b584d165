"""The identity of a card: production data and recognition data.

Spec: GlobalPlatform Card Specification 2.3.1, H.2 (card recognition data), H.4 (capabilities).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from applets.shared.secure_channel import scp11
from applets.shared.secure_channel.domain import Protocol
from vcard.tlv import tlv

_OID = 0x06
_GP = "2A864886FC6B"  # 1.2.840.114283
CPLC_SIZE = 42
DEFAULT_CPLC = bytes.fromhex(
    "FFFF FFFF FFFF 0001 0100 0001 00000001 0001 FFFF 0001 FFFF 0001"  # chip, module, card
    "FFFF 0001 00000001 FFFF 0001 00000001"  # pre-personalisation, personalisation
)
"""Production data without a real maker: makers FFFF, dates day 1 of year 0."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The identity that GET DATA returns.

    `bare`: data objects are returned without their outer tag, as on a YubiKey. `objects` are
    further data objects by tag (42 issuer, 45 card image number, 5F50 URL).
    """

    cplc: bytes = DEFAULT_CPLC
    bare: bool = False
    scp11: bool = False

    def __post_init__(self) -> None:
        if len(self.cplc) != CPLC_SIZE:
            raise ValueError(f"production data have {CPLC_SIZE} bytes, not {len(self.cplc)}")


def recognition_data(protocols: Iterable[Protocol], *, with_scp11: bool) -> bytes:
    """The object 73: GlobalPlatform 2.3.1 and the secure channel protocols."""
    pairs = [(one.number, one.parameter) for one in protocols]
    if with_scp11:
        pairs.append((scp11.PROTOCOL, 0x02))
    schemes = (tlv(0x64, _object_id(f"04{number:02X}{i:02X}")) for number, i in pairs)
    return tlv(
        0x73,
        _object_id("01"),
        tlv(0x60, _object_id("02020301")),
        tlv(0x63, _object_id("03")),
        *schemes,
    )


def capability(protocols: Iterable[Protocol]) -> bytes:
    """The value of the object 67: protocols with their options, privileges, key sizes."""
    listed = (
        tlv(
            0xA0,
            tlv(0x80, bytes((one.number,))),
            tlv(0x81, bytes((one.parameter,))),
            tlv(0x82, b"\x07") if one.number == 3 else b"",
        )
        for one in protocols
    )
    return b"".join(listed) + tlv(0x81, bytes.fromhex("9EFE80"))


def _object_id(tail: str) -> bytes:
    return tlv(_OID, bytes.fromhex(_GP + tail))
