"""The data objects that a card is issued with: CHUID, CCC, discovery object, key history.

Spec: NIST SP 800-73-4, part 1, 3.1, 3.3 and appendix A (containers); FIPS 201-3.
"""

from __future__ import annotations

import secrets

from vcard.tlv import tlv

from .card_numbers import CardNumbers
from .codes import AID
from .objects import CCC, CHUID, DISCOVERY, ERROR_DETECTION, PAIRING_CODE
from .signed_objects import SIGNATURE


def issued(
    global_pin: str | None = None,
    pairing_code: str | None = None,
    numbers: CardNumbers | None = None,
) -> dict[int, bytes]:
    """Make CHUID, CCC and discovery object of a new card, and its pairing code if it has one."""
    known = numbers or CardNumbers.made()
    found = {CHUID: chuid(known.guid, known.fasc_n), CCC: ccc(secrets.token_bytes(14))}
    found[DISCOVERY] = discovery(global_pin=global_pin is not None)
    if pairing_code is not None:
        found[PAIRING_CODE] = tlv(0x99, pairing_code.encode()) + tlv(ERROR_DETECTION)
    return found


def key_history(retired: int) -> bytes:
    """Encode a Key History Object for `retired` (0..20) old keys with certificates on the card.

    Middleware looks for as many retired keys as this object states.
    Spec: SP 800-73-4, part 1, 3.3.3.
    """
    counts = tlv(0xC1, bytes((retired,))) + tlv(0xC2, b"\0")
    return counts + tlv(0xF3) + tlv(ERROR_DETECTION)


def chuid(guid: bytes, number: bytes, *, expires: str = "20491231") -> bytes:
    """Encode an unsigned CHUID: FASC-N (25 bytes), `guid` (16), date of expiry (YYYYMMDD).

    Spec: SP 800-73-4, part 1, 3.1.2 and table 9.
    """
    fields = tlv(0x30, number) + tlv(0x34, guid) + tlv(0x35, expires.encode())
    return fields + tlv(SIGNATURE) + tlv(ERROR_DETECTION)


def ccc(card_id: bytes) -> bytes:
    """Encode a minimal Card Capability Container: PIV, and `card_id` (14 bytes).

    Spec: SP 800-73-4, part 1, 3.1.1 and table 8.
    """
    identifier = bytes.fromhex("A000000116FF02") + card_id
    head = tlv(0xF0, identifier) + tlv(0xF1, b"\x21") + tlv(0xF2, b"\x21") + tlv(0xF3)
    models = tlv(0xF4, b"\0") + tlv(0xF5, b"\x10")
    return head + models + b"".join(tlv(t) for t in (0xF6, 0xF7, *range(0xFA, 0xFF)))


def discovery(*, global_pin: bool = False) -> bytes:
    """Encode the discovery object: AID, and a PIN usage policy, with `global_pin` for both PINs.

    Spec: SP 800-73-4, part 1, 3.3.2.
    """
    policy = b"\x60\x10" if global_pin else b"\x40\x00"
    return tlv(0x4F, AID) + tlv(0x5F2F, policy)
