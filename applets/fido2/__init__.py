"""A FIDO2 authenticator: CTAP 2.1 and U2F, on a smart card and as a HID device.

Needs the `fido2` extra (`cryptography`, `cbor2`).
"""

from vcard.touch import Touch

from .codes import AID
from .fido2 import Fido2
from .issuing import Attestation, Issuer
from .settings import Settings

__all__ = ["AID", "Attestation", "Fido2", "Issuer", "Settings", "Touch"]
