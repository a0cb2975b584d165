"""CBOR in CTAP2's canonical form, the only one that is encoded and decoded.

The library decodes; a message is canonical if encoding it again gives the same bytes. That refuses
unsorted and repeated keys, lengths that are longer than needed or indefinite, tags, floats and
bytes after the end.

Spec: CTAP 2.1, 8 (message encoding); RFC 8949, 3.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import cbor2

from .codes import CtapError, Status

MOST_NESTED = 4
_LIMIT = 1 << 64


def encode(value: Any) -> bytes:
    """Encode integers, bytes, text, booleans, lists and maps of these; ValueError for others."""
    return cbor2.dumps(_ordered(value))


def decode(message: bytes) -> Any:
    """Decode one canonical value; CtapError INVALID_CBOR if it is none, or nested too deep."""
    try:
        value = cbor2.loads(message)
        canonical = _depth(value) <= MOST_NESTED and encode(value) == message
    except (cbor2.CBORError, ValueError, TypeError, RecursionError, OverflowError, MemoryError):
        canonical = False
    if not canonical:
        raise CtapError(Status.INVALID_CBOR)
    return value


def _ordered(value: Any) -> Any:
    """Return the value with the keys of its maps in canonical order."""
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=_order)}
    if isinstance(value, list | tuple):
        return [_ordered(each) for each in value]
    if isinstance(value, bool | bytes | str) or _is_integer(value):
        return value
    raise ValueError(f"a {type(value).__name__} has no place in a CTAP message")


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and -_LIMIT <= value < _LIMIT


def _order(key: object) -> tuple[int, int, bytes]:
    """Major type, then length, then the bytes of a key; ValueError if it cannot be one."""
    if isinstance(key, bool) or not isinstance(key, int | bytes | str):
        raise ValueError("a key is a number, bytes or text")  # noqa: TRY004 - contents, not a type
    encoded = cbor2.dumps(key)
    return encoded[0] >> 5, len(encoded), encoded


def _depth(value: Any) -> int:
    """Return the depth of nested maps and lists."""
    if isinstance(value, Mapping):
        return 1 + max(map(_depth, value.values()), default=0)
    if isinstance(value, Sequence) and not isinstance(value, str | bytes):
        return 1 + max(map(_depth, value), default=0)
    return 0
