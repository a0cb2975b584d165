"""An OpenPGP card: keys for signing, decryption and authentication, as GnuPG uses them.

Importing the package needs no extra; the first use of a name that needs it imports the `openpgp`
extra (`cryptography`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

from .codes import AUTHENTICATION, DECRYPTION, SIGNATURE, Slot

if TYPE_CHECKING:  # `cryptography` is optional and slow to import
    from .openpgp import OpenPgp
    from .persona import Persona
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        openpgp="OpenPgp",
        persona="Persona",
    )

__all__ = ["AUTHENTICATION", "DECRYPTION", "SIGNATURE", "OpenPgp", "Persona", "Slot"]
