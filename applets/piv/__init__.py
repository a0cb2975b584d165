"""A PIV card: keys, certificates and PINs as NIST SP 800-73-4 has them.

Needs the `crypto` extra (`cryptography`, `asn1crypto`), but not to be listed: what needs it is
imported when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

from .codes import AID, Algorithm, PinPolicy, Slot

if TYPE_CHECKING:  # `cryptography` is optional, and takes its time
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
