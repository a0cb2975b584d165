"""How readers reach PC/SC programs: sockets, processes, pcscd and the command line."""

from .endpoint import Endpoint, endpoint
from .pcscd import PcscdError

__all__ = ["Endpoint", "PcscdError", "endpoint"]
