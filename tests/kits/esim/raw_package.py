"""Profile elements made byte by byte, for any error at a known offset."""

from __future__ import annotations

from applets.esim.saip.element import Element, elements
from vcard import tlv


def header(identification: int = 7, *, mandated: bool = True) -> bytes:
    """The header of an element."""
    flag = tlv(0x80) if mandated else b""
    return tlv(0xA0, flag, tlv(0x81, bytes((identification,))))


def element(number: int, *parts: bytes, mandated: bool = True, identification: int = 7) -> bytes:
    """A profile element with its header."""
    tag = 0xA0 | number if number < 0x1F else 0xBF00 | number
    return tlv(tag, header(identification, mandated=mandated), *parts)


def read_one(raw: bytes) -> Element:
    """The element that some bytes are."""
    (found,) = elements(raw)
    return found


def managed(*steps: bytes, **more: bool) -> bytes:
    """Generic file management with one list of commands."""
    return element(1, tlv(0xA1, tlv(0x30, *steps)), **more)


def path(*fids: int) -> bytes:
    """A command that enters a directory."""
    return tlv(0x80, b"".join(fid.to_bytes(2, "big") for fid in fids))


def file(fid: int, *more: bytes, kind: str = "4121", size: int | None = 5) -> bytes:
    """A command that makes a file."""
    length = b"" if size is None else tlv(0x80, size.to_bytes(2, "big"))
    parts = (tlv(0x82, bytes.fromhex(kind)), tlv(0x83, fid.to_bytes(2, "big")))
    return tlv(0x62, *parts, length, *more)


def directory(fid: int, *more: bytes) -> bytes:
    """A command that makes a directory."""
    return file(fid, *more, kind="7821", size=None)
