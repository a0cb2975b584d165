"""A PIV card: keys, certificates and PINs of NIST SP 800-73-4.

Importing the package needs no extra; the first use of a name that needs it imports the `crypto`
extra (`cryptography`, `asn1crypto`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

from .codes import AID, Algorithm, PinPolicy, Slot

if TYPE_CHECKING:  # `cryptography` is optional and slow to import
    from .issuing import Issuer
    from .management_key import SymmetricKey
    from .piv import Piv
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        issuing="Issuer",
        management_key="SymmetricKey",
        piv="Piv",
    )

__all__ = ["AID", "Algorithm", "Issuer", "PinPolicy", "Piv", "Slot", "SymmetricKey"]
