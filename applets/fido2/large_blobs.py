"""authenticatorLargeBlobs: the serialized large-blob array, read and written in pieces.

Spec: CTAP 2.1, 6.10.
"""

from __future__ import annotations

import hashlib
import struct

from .authorisation import needed, token
from .codes import Command, CtapError, Permission, Status
from .core import Answer, Core, Upload
from .fields import Fields, optional, required

_OVERHEAD = 64
"""A piece is shorter than the longest message by this number of bytes."""
_SHORTEST, _CHECKSUM = 17, 16


def large_blobs(core: Core, fields: Fields) -> Answer:
    """Read a piece (get) or write one (set); INVALID_PARAMETER unless exactly one is present."""
    core.settings.needs(core.settings.large_blob)
    count, piece = optional(fields, 1, int), optional(fields, 2, bytes)
    offset = required(fields, 3, int)
    if (count is None) is (piece is None) or offset < 0:
        raise CtapError(Status.INVALID_PARAMETER)
    if piece is None:
        return _get(core, fields, count or 0, offset)
    return _set(core, fields, piece, offset)


def _longest(core: Core) -> int:
    return core.settings.max_message - _OVERHEAD


def _get(core: Core, fields: Fields, count: int, offset: int) -> Answer:
    blobs = core.store.large_blobs
    if {4, 5, 6} & fields.keys() or offset > len(blobs) or count < 0:
        raise CtapError(Status.INVALID_PARAMETER)
    if count > _longest(core):
        raise CtapError(Status.INVALID_LENGTH)
    return {1: blobs[offset : offset + count]}


def _set(core: Core, fields: Fields, piece: bytes, offset: int) -> Answer:
    if len(piece) > _longest(core):
        raise CtapError(Status.INVALID_LENGTH)
    upload = _begin(core, fields) if offset == 0 else _continued(core, fields, offset)
    _authorise(core, fields, piece, offset)
    if offset + len(piece) > upload.length:
        raise CtapError(Status.INVALID_PARAMETER)
    core.upload = upload
    upload.received += piece
    if len(upload.received) == upload.length:
        core.upload = None
        _keep(core, upload.received)
    return None


def _begin(core: Core, fields: Fields) -> Upload:
    core.upload = None
    length = optional(fields, 4, int)
    if length is None or length < 0:
        raise CtapError(Status.INVALID_PARAMETER)
    if length > core.settings.large_blob:
        raise CtapError(Status.LARGE_BLOB_STORAGE_FULL)
    if length < _SHORTEST:
        raise CtapError(Status.INVALID_PARAMETER)
    return Upload(length)


def _continued(core: Core, fields: Fields, offset: int) -> Upload:
    if 4 in fields:
        raise CtapError(Status.INVALID_PARAMETER)
    if core.upload is None or offset != len(core.upload.received):
        raise CtapError(Status.INVALID_SEQ)
    return core.upload


def _authorise(core: Core, fields: Fields, piece: bytes, offset: int) -> None:
    """Require a token if the authenticator is protected or alwaysUv is on."""
    if 5 not in fields and not core.protected and not core.store.always_uv:
        return
    proof = needed(fields, 5, 6)
    head = b"\xff" * 32 + struct.pack("<BBI", Command.LARGE_BLOBS, 0, offset & 0xFFFFFFFF)
    message = head + hashlib.sha256(piece).digest()
    token(core, proof, message, Permission.LARGE_BLOB_WRITE)


def _keep(core: Core, received: bytes) -> None:
    """Replace the array; INTEGRITY_FAILURE if its checksum is wrong."""
    if hashlib.sha256(received[:-_CHECKSUM]).digest()[:_CHECKSUM] != received[-_CHECKSUM:]:
        raise CtapError(Status.INTEGRITY_FAILURE)
    core.store.memory["large blobs"] = received
