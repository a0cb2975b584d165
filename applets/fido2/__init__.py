"""A FIDO2 authenticator: CTAP 2.1 and U2F, on a smart card and as a HID device.

Importing the package needs no extra; the first use of a name that needs it imports the `fido2`
extra (`cryptography`, `cbor2`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand
from vcard.touch import Touch

from .codes import AID
from .settings import Settings

if TYPE_CHECKING:  # `cryptography` is optional and slow to import
    from .fido2 import Fido2
    from .issuing import Attestation, Issuer
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        fido2="Fido2",
        issuing="Attestation Issuer",
    )

__all__ = ["AID", "Attestation", "Fido2", "Issuer", "Settings", "Touch"]
