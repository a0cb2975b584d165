"""A YubiKey: management, OATH, OTP, HSMAuth, PIV and FIDO2 beside a security domain.

Needs the `fido2` extra (`cryptography`, `asn1crypto`, `cbor2`), but not to be listed: what needs it
is imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

if TYPE_CHECKING:  # the optional packages take their time
    from .yubikey import YubiKey
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        yubikey="YubiKey",
    )

__all__ = ["YubiKey"]
