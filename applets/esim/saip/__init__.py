"""Profile packages as files: the interoperable format of the Trusted Connectivity Alliance."""

from .decoder import STATUS_OK, decode

__all__ = ["STATUS_OK", "decode"]
