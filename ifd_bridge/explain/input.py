"""Bytes on a command line: hexadecimal, or a file."""

from __future__ import annotations

import contextlib
from pathlib import Path

from ..logs.hexadecimal import hexadecimal
from ..system.reading import is_file, read_bytes


def given(words: tuple[str, ...]) -> bytes:
    """Read a file's bytes (or the hexadecimal text in it), or hexadecimal text."""
    if len(words) == 1 and is_file(words[0]):
        raw = read_bytes(words[0])
        try:
            return hexadecimal(raw.decode("ascii"))
        except ValueError:
            return _no_text(words[0], raw)
    try:
        return hexadecimal(" ".join(words))
    except ValueError as error:
        if len(words) == 1 and _looks_like_a_path(words[0]):
            raise ValueError(f"{words[0]}: no such file, nor is it hexadecimal") from error
        raise


def _no_text(path: str, raw: bytes) -> bytes:
    """The bytes of a file; ValueError if they are a text, which is a log mostly."""
    with contextlib.suppress(UnicodeDecodeError):
        if all(char.isprintable() or char.isspace() for char in raw.decode()):
            raise ValueError(
                f"{path} is a text, but not hexadecimal; `vcard recording convert` reads logs"
            )
    return raw


def _looks_like_a_path(word: str) -> bool:
    return "/" in word or bool(Path(word).suffix)
