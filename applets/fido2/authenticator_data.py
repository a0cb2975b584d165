"""Authenticator data: signed statements about a credential and its user.

Spec: WebAuthn 2, 6.1 (authenticator data), 6.5.1 (attested credential data).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any

from . import cbor
from .codes import Flag
from .credential import Credential


def user_flags(*, present: bool, verified: bool) -> Flag:
    """The flags about the user."""
    return Flag(Flag.USER_PRESENT * present | Flag.USER_VERIFIED * verified)


def attested(credential: Credential, aaguid: bytes) -> bytes:
    """The attested credential data of a new credential."""
    head = aaguid + len(credential.identity).to_bytes(2, "big") + credential.identity
    return head + cbor.encode(credential.public_key)


def authenticator_data(
    rp_hash: bytes, flags: Flag, counter: int, new: bytes = b"", outputs: Mapping[str, Any] = {}
) -> bytes:
    """Put authenticator data together; `new` is attested credential data."""
    flags |= Flag.ATTESTED * bool(new) | Flag.EXTENSIONS * bool(outputs)
    extensions = cbor.encode(outputs) if outputs else b""
    return rp_hash + struct.pack(">BI", flags, counter) + new + extensions
