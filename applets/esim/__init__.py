"""An eUICC of GSMA SGP.22, or one for the Internet of Things (SGP.32).

Importing the package needs no extra; the first use of a name from it needs `esim` (`cryptography`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard.on_demand import on_demand

if TYPE_CHECKING:  # optional packages, slow to import
    from .core import Config
    from .euicc import Euicc
    from .iot.eim import Eim
    from .lsi import Mep
    from .pki import Pki
    from .profiles import Profile
    from .small_profile import from_toml, profile
else:
    __getattr__, __dir__ = on_demand(
        __name__,
        core="Config",
        euicc="Euicc",
        iot__eim="Eim",
        lsi="Mep",
        pki="Pki",
        profiles="Profile",
        small_profile="from_toml profile",
    )

__all__ = ["Config", "Eim", "Euicc", "Mep", "Pki", "Profile", "from_toml", "profile"]
