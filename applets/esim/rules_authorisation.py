"""The rules authorisation table: which policy rules profiles may have.

Spec: GSMA SGP.22, 2.9.2.1 and 5.7.22 (GetRAT).
"""

from __future__ import annotations

from applets.shared.der import bits
from vcard import tlv

from .euicc_info import POLICY_BITS
from .profiles import Policy

ANY_OPERATOR = bytes.fromhex("EEEEEE")
CONSENT_REQUIRED = 0


def table(allowed: Policy) -> bytes:
    """One rule: every operator may use the allowed policy rules, with the user's consent.

    Empty if no policy rule is allowed.
    """
    rules = [number for number, rule in POLICY_BITS.items() if rule in allowed]
    if not rules:
        return b""
    operators = tlv(0xA1, tlv(0x30, tlv(0x80, ANY_OPERATOR)))
    return tlv(0x30, tlv(0x80, bits(*rules)), operators, tlv(0x82, bits(CONSENT_REQUIRED)))
