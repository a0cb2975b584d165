"""The make of a card: a plain card as in the standard, or one that Yubico's tools accept.

The differences are data; the vendor's commands are in applets.piv.vendor.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from applets.shared.pins import PinRule
from vcard import DEFAULT_ATR, SW, tlv

from .algorithms import SCHEMES
from .codes import PIX, RID
from .firmware import FIRMWARE, STANDARD, USUAL, Firmware
from .session import LOOSE_RULE, PIN_RULE, PUK_RULE

_ALLOCATION = tlv(0x79, tlv(0x4F, RID))


def _plain_template() -> bytes:
    """Application property template with label and algorithms.

    Spec: NIST SP 800-73-4, part 2, table 3.
    """
    algorithms = b"".join(tlv(0x80, bytes((code,))) for code in SCHEMES)
    supported = tlv(0xAC, algorithms, tlv(0x06, b"\0"))
    return tlv(0x61, tlv(0x4F, PIX), _ALLOCATION, tlv(0x50, b"vcard PIV"), supported)


@dataclass(frozen=True, slots=True)
class Identity:
    """The differences between makes of PIV cards.

    `vendor` enables the vendor's commands and objects. `wrong_algorithm` is the status word for a
    key reference with the algorithm of another key. `pin_always_strict`: any command between VERIFY
    and the use of a key with the policy "PIN always" consumes the verification.
    """

    name: str
    atr: bytes
    template: bytes
    pin_rule: PinRule
    puk_rule: PinRule
    vendor: bool = False
    wrong_algorithm: SW = SW.INCORRECT_P1_P2
    pin_always_strict: bool = True
    firmware: Firmware = STANDARD


IDENTITIES = {
    identity.name: identity
    for identity in (
        Identity("nist", DEFAULT_ATR, _plain_template(), PIN_RULE, PUK_RULE),
        Identity(
            "yubikey",
            bytes.fromhex("3BFD1300008131FE158073C021C057597562694B657940"),
            tlv(0x61, tlv(0x4F, PIX), _ALLOCATION),
            LOOSE_RULE,
            LOOSE_RULE,
            vendor=True,
            wrong_algorithm=SW.WRONG_DATA,
            pin_always_strict=False,
            firmware=FIRMWARE[USUAL],
        ),
    )
}


def identity(name: str, firmware: str | None = None) -> Identity:
    """Return an identity by name, with a version's differences; ValueError if unknown."""
    if name not in IDENTITIES:
        raise ValueError(f"identity is one of {', '.join(IDENTITIES)}, not {name!r}")
    found = IDENTITIES[name]
    if firmware is None:
        return found
    if not found.vendor:
        raise ValueError(f"firmware is for identity=yubikey; {name!r} has no versions")
    if firmware not in FIRMWARE:
        raise ValueError(f"firmware is one of {', '.join(FIRMWARE)}, not {firmware!r}")
    return replace(found, firmware=FIRMWARE[firmware])
