"""A PIV card: keys, certificates and PINs as NIST SP 800-73-4 has them.

Needs the `piv` extra (`cryptography`).
"""

from .codes import AID, Algorithm, PinPolicy, Slot
from .issuing import Issuer
from .piv import Piv
from .symmetric import SymmetricKey

__all__ = ["AID", "Algorithm", "Issuer", "PinPolicy", "Piv", "Slot", "SymmetricKey"]
