"""Texts of the toolkit: the alphabets that a phone shows.

Spec: ETSI TS 102 223, 8.2 (alpha identifier), 8.15 (text string); 3GPP TS 23.038, 4.
"""

from __future__ import annotations

PACKED, EIGHT_BIT, UCS2 = 0x00, 0x04, 0x08
_UCS2_ALPHA = 0x80


def text_string(text: str) -> bytes:
    """Encode a text string: coding scheme, then 8-bit characters if possible, else UCS-2."""
    if text.isascii():
        return bytes((EIGHT_BIT,)) + text.encode("ascii")
    return bytes((UCS2,)) + text.encode("utf-16-be")


def alpha(text: str) -> bytes:
    """Encode an alpha identifier or an item: a byte for each character, else 80 and UCS-2."""
    if text.isascii():
        return text.encode("ascii")
    return bytes((_UCS2_ALPHA,)) + text.encode("utf-16-be")


def read_text(value: bytes) -> str:
    """Decode a text string; mark undecodable characters."""
    if not value:
        return ""
    scheme, raw = value[0] & 0x0C, value[1:]
    if scheme == UCS2:
        return raw.decode("utf-16-be", "replace")
    return _unpacked(raw) if scheme == PACKED else raw.decode("latin-1")


def read_alpha(value: bytes) -> str:
    """Decode an alpha identifier or the text of an item."""
    if value[:1] == bytes((_UCS2_ALPHA,)):
        return value[1:].decode("utf-16-be", "replace")
    return value.rstrip(b"\xff").decode("latin-1")


def _unpacked(raw: bytes) -> str:
    """Unpack 7-bit characters; only those equal to ASCII are right."""
    number = int.from_bytes(raw, "little")
    return "".join(chr(number >> 7 * at & 0x7F) for at in range(len(raw) * 8 // 7)).rstrip("\0")
