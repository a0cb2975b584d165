"""A YubiKey: management, OATH, OTP, HSMAuth, PIV and FIDO2 beside a security domain.

Importing the package needs no extra; the first use of a name that needs it imports the `fido2`
extra (`cryptography`, `asn1crypto`, `cbor2`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

if TYPE_CHECKING:  # optional packages, slow to import
    from .yubikey import YubiKey
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        yubikey="YubiKey",
    )

__all__ = ["YubiKey"]
