"""The members of a request, read with their types.

Spec: CTAP 2.1, 8.2 (CBOR_UNEXPECTED_TYPE, MISSING_PARAMETER): unknown members are ignored.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from .codes import CtapError, Status

T = TypeVar("T")
Fields = Mapping[Any, Any]
Descriptor = tuple[str, bytes]
"""The type and the id of a credential."""


def mapping(value: object) -> Fields:
    """Return a map as it is; CBOR_UNEXPECTED_TYPE for anything else."""
    return _typed(value, dict)


def _typed(value: object, kind: type[T]) -> T:
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise CtapError(Status.CBOR_UNEXPECTED_TYPE)
    return value


def optional(fields: Fields, key: int | str, kind: type[T]) -> T | None:
    """Read a member that may be missing."""
    return _typed(fields[key], kind) if key in fields else None


def required(fields: Fields, key: int | str, kind: type[T]) -> T:
    """Read a member; MISSING_PARAMETER if it is missing."""
    if key not in fields:
        raise CtapError(Status.MISSING_PARAMETER)
    return _typed(fields[key], kind)


def sized(fields: Fields, key: int | str, size: int) -> bytes:
    """Read bytes of a fixed length; INVALID_LENGTH for another."""
    value = required(fields, key, bytes)
    if len(value) != size:
        raise CtapError(Status.INVALID_LENGTH)
    return value


def descriptor(value: object) -> Descriptor:
    """Read a PublicKeyCredentialDescriptor."""
    fields = mapping(value)
    return required(fields, "type", str), required(fields, "id", bytes)


def credential_ids(fields: Fields, key: int) -> list[bytes] | None:
    """Read a list of descriptors: the ids of those that are public keys, None if there is no list.

    Spec: CTAP 2.1, 6.1.2 (entries of other types are ignored).
    """
    found = optional(fields, key, list)
    if found is None:
        return None
    return [identity for kind, identity in map(descriptor, found) if kind == "public-key"]


def options(fields: Fields, key: int) -> dict[str, bool]:
    """Read a map of options; each is a boolean."""
    given = optional(fields, key, dict) or {}
    return {_typed(name, str): _typed(value, bool) for name, value in given.items()}


def texts(fields: Fields, *names: str) -> dict[str, str]:
    """Read text members by name; skip missing ones."""
    return {name: _typed(fields[name], str) for name in names if name in fields}
