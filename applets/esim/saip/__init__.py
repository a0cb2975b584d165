"""Profile packages as files: the interoperable format of the Trusted Connectivity Alliance."""

from .decoder import ENDLESS, Package, decode, read_package
from .status import Finding, PackageError, Status, response

__all__ = [
    "ENDLESS",
    "Finding",
    "Package",
    "PackageError",
    "Status",
    "decode",
    "read_package",
    "response",
]
