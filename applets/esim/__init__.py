"""An eUICC: a UICC whose profiles are downloaded and switched, after GSMA SGP.22."""

from .core import Config
from .euicc import Euicc
from .lsi import Mep
from .pki import Pki
from .profile import Profile
from .small_profile import from_toml, profile

__all__ = ["Config", "Euicc", "Mep", "Pki", "Profile", "from_toml", "profile"]
