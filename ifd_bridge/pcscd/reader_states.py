"""The names and states of readers that pcscd reports to its clients.

pcscd is queried without libpcsclite, which is bound to one daemon. The one message used here
(CMD_GET_READERS_STATE) has had the same form since 1.6.5; newer daemons answer it for older
clients, with at most 16 readers.

Spec: pcsc-lite, winscard_msg.h and eventhandler.h (pubReaderStatesList), readerfactory.c
(RFAddReader); pcscd(8), "Configuration file" (the filter of names).
"""

from __future__ import annotations

import os
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

IGNORE, EXTEND = "PCSCLITE_FILTER_IGNORE_READER_NAMES", "PCSCLITE_FILTER_EXTEND_READER_NAMES"
VARIABLES = (IGNORE, EXTEND)
MAX_NAME = 121
"""Bytes of a reader's name, before the numbers of reader and slot."""

SEEN_TIMEOUT_S = 10.0
SOON_S, LOOK_S = 0.0002, 0.003
"""The shortest and the longest pause between two looks.

pcscd tells no client of a movement before it has one of its own, so we look again and again. Each
look costs it a thread, while it takes most movements in within half a millisecond.
"""
_HEADER = struct.Struct("=II")
_GET_READERS_STATE = 0x12
_STATE = struct.Struct("=128sIIi33s3xII")
_MOST = 16
_PRESENT = 0x04
_TIMEOUT_S = 5.0


class Seen(NamedTuple):
    """The state of a slot in pcscd: whether a card is present, and the count of its movements."""

    present: bool
    events: int


class NameFilter(NamedTuple):
    """Hides readers whose name contains a text of `ignored`; appends `added` to the other names."""

    ignored: tuple[str, ...] = ()
    added: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> NameFilter:
        """The filter of a pcscd that starts in this environment; `:` separates what is ignored."""
        parts = environ.get(IGNORE, "").split(":")
        return cls(tuple(filter(None, parts)), environ.get(EXTEND, ""))

    def hides(self, name: str) -> bool:
        """Whether pcscd refuses a reader of this name."""
        return any(part in name for part in self.ignored)

    def shown(self, name: str) -> str:
        """The name as pcscd shows it, before the numbers of reader and slot.

        ValueError if it gets too long, so that pcscd would refuse the reader.
        """
        if len((made := name + self.added).encode()) > MAX_NAME:
            raise ValueError(
                f"{EXTEND} makes the name of {name!r} longer than {MAX_NAME} bytes of UTF-8"
            )
        return made

    def own(self, shown: str) -> str:
        """The reader's own name of one that pcscd shows."""
        return shown.removesuffix(self.added)


def reader_states(path: Path, timeout_s: float = _TIMEOUT_S) -> Mapping[str, Seen]:
    """Every reader of the pcscd at `path`, by name; OSError if none answers there."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout_s)
        connection.connect(os.fspath(path))
        connection.sendall(_HEADER.pack(0, _GET_READERS_STATE))
        raw = _all_of(connection, _MOST * _STATE.size)
    return dict(_read(raw))


def _read(raw: bytes) -> list[tuple[str, Seen]]:
    found = []
    for name, events, state, *_ in _STATE.iter_unpack(raw):
        text = name.partition(b"\0")[0].decode(errors="replace")
        if text:
            found.append((text, Seen(bool(state & _PRESENT), events)))
    return found


def _all_of(connection: socket.socket, size: int) -> bytes:
    raw = bytearray()
    while len(raw) < size:
        part = connection.recv(size - len(raw))
        if not part:
            raise ConnectionResetError(f"pcscd sent {len(raw)} of {size} bytes")
        raw += part
    return bytes(raw)


def wait_until(
    seen: Callable[[], bool],
    timeout_s: float = SEEN_TIMEOUT_S,
    look_s: float = LOOK_S,
    *,
    at_once: bool = True,
) -> bool:
    """Look until `seen`, less and less often, at most `timeout_s`; True if it came to be.

    `at_once` is False where it cannot be true yet: the first look waits, too.
    """
    end, pause, pause_s = time.monotonic() + timeout_s, threading.Event(), min(SOON_S, look_s)
    while not (at_once and seen()):
        if time.monotonic() >= end:
            return False
        pause.wait(pause_s)
        at_once, pause_s = True, min(2 * pause_s, look_s)
    return True


def names_of(known: Mapping[str, Seen], model: str, slot: int) -> list[str]:
    """The names that pcscd gave to a slot of each reader named `model`, in their order.

    Spec: pcsc-lite, readerfactory.c: NAME, the reader's number, the slot's, hexadecimal.
    """
    return sorted(name for name in known if name[:-6] == model and name[-2:] == f"{slot:02X}")
