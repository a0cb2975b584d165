"""Files named by a user, read with a limit: a device or a wrong file cannot fill the memory."""

from __future__ import annotations

from pathlib import Path

LONGEST = 16 << 20
"""Bytes that are read of a file at most, unless the caller says less."""


def read_bytes(path: str | Path, most: int = LONGEST) -> bytes:
    """The file's bytes, `~` expanded; ValueError says why it cannot be read."""
    place = Path(path).expanduser()
    try:
        with place.open("rb") as file:
            raw = file.read(most + 1)
    except OSError as error:
        raise ValueError(f"{place}: {error.strerror or error}") from error
    if len(raw) > most:
        raise ValueError(f"{place}: more than {_size(most)}")
    return raw


def is_file(path: str | Path) -> bool:
    """True for the name of a file, `~` expanded; False too for what no file can be called."""
    try:
        return Path(path).expanduser().is_file()
    except OSError:  # too long, say: what is meant as a value may be given for a name
        return False


def read_text(path: str | Path, most: int = LONGEST) -> str:
    """The file as UTF-8 text; ValueError says why it cannot be read."""
    try:
        return read_bytes(path, most).decode()
    except UnicodeDecodeError as error:
        raise ValueError(f"{Path(path).expanduser()}: not text ({error})") from error


def _size(most: int) -> str:
    return f"{most >> 20} MiB" if most >= 1 << 20 else f"{most >> 10} KiB"
