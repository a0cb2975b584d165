"""Profile packages as files: the interoperable format of the Trusted Connectivity Alliance."""

from .checking import check, installs
from .comparison import differences
from .decoder import ENDLESS, Package, decode, read_package
from .outline import finding, outline
from .status import Finding, PackageError, Status, response

__all__ = [
    "ENDLESS",
    "Finding",
    "Package",
    "PackageError",
    "Status",
    "check",
    "decode",
    "differences",
    "finding",
    "installs",
    "outline",
    "read_package",
    "response",
]
