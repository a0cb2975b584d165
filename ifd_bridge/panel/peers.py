"""The owner of a TCP connection on this machine.

Spec: proc(5), /proc/net/tcp: address and port of both ends in hexadecimal, the owner's uid.
"""

from __future__ import annotations

from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))


def uid_of(port: int, to: int, tables: tuple[Path, ...] = TABLES) -> int | None:
    """The user whose connection goes from local `port` to local port `to`; None if unknown."""
    ends = f":{port:04X}", f":{to:04X}"
    for table in tables:
        try:
            lines = table.read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[1].endswith(ends[0]) and fields[2].endswith(ends[1]):
                return int(fields[7])
    return None
