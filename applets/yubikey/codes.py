"""AIDs and capabilities of a YubiKey, as the vendor's client library names them."""

from __future__ import annotations

from enum import IntFlag

MANAGEMENT_AID = bytes.fromhex("A000000527471117")
OTP_AID = bytes.fromhex("A0000005272001")
OATH_AID = bytes.fromhex("A0000005272101")
HSMAUTH_AID = bytes.fromhex("A000000527210701")

VERSION_TAG = 0x79
"""The tag of the version, in the answers to SELECT."""


class Capability(IntFlag):
    """The applications that can be disabled, as bits of the device information."""

    OTP = 0x0001
    U2F = 0x0002
    OPENPGP = 0x0008
    PIV = 0x0010
    OATH = 0x0020
    HSMAUTH = 0x0100
    FIDO2 = 0x0200
    CCID_FIDO = 0x1000
    """FIDO2 over CCID on a bus, where it otherwise has a HID interface."""


BUILT = (
    Capability.OTP | Capability.U2F | Capability.OPENPGP | Capability.PIV | Capability.OATH
    | Capability.HSMAUTH | Capability.FIDO2 | Capability.CCID_FIDO
)  # fmt: skip
"""All capabilities that a token can have."""
