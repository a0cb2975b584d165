"""A hop in one call; see hop.c."""

from io import FileIO
from socket import socket

def hop(
    connection: socket, pipe: FileIO, room: bytearray, sequence: int, code: int, data: bytes, /
) -> tuple[int, int, int, bytes] | None:
    """Send an answer and wait for the next call; None if the peer has hung up."""
