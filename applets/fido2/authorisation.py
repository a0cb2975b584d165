"""Authorisation of commands: by token, by built-in user verification, or by neither.

Spec: CTAP 2.1, 6.1.2 and 6.2.2 (first steps of each), 7.2 (alwaysUv).
"""

from __future__ import annotations

from dataclasses import dataclass

from .codes import CtapError, Permission, Status
from .core import Core, Steps, present
from .fields import Fields, optional
from .pin_protocols import protocol_of
from .tokens import Token, bind


@dataclass(frozen=True, slots=True)
class Proof:
    """A pinUvAuthParam and the protocol that it was made with."""

    mac: bytes
    protocol: int


def probe(core: Core, fields: Fields, key: int) -> Steps[None]:
    """Answer an empty pinUvAuthParam, by which a platform lets the user choose an authenticator."""
    if optional(fields, key, bytes) != b"":
        return
    yield from present(core)
    set_already = "pin" in core.store.memory
    raise CtapError(Status.PIN_INVALID if set_already else Status.PIN_NOT_SET)


def proof(fields: Fields, key: int, protocol_key: int) -> Proof | None:
    """Read pinUvAuthParam and pinUvAuthProtocol; None if there is no parameter."""
    mac = optional(fields, key, bytes)
    return None if mac is None else Proof(mac, protocol_of(fields, protocol_key))


def needed(fields: Fields, key: int, protocol_key: int) -> Proof:
    """Read the parameter of a command that always requires it; PUAT_REQUIRED if it is missing."""
    found = proof(fields, key, protocol_key)
    if found is None:
        raise CtapError(Status.PUAT_REQUIRED)
    return found


def token(core: Core, given: Proof, message: bytes, permission: Permission) -> Token:
    """Return the token that allows a command; PIN_AUTH_INVALID if there is none."""
    return core.tokens.verify(given.protocol, message, given.mac, permission, core.now)


@dataclass(frozen=True, slots=True)
class Claim:
    """The user verification that a command about credentials requires."""

    proof: Proof | None
    client_data_hash: bytes
    rp_id: str
    permission: Permission
    uv: bool
    """The option `uv` of the request."""


def user_verified(core: Core, claim: Claim, *, required: bool) -> bool:
    """Whether the user is verified; PUAT_REQUIRED if not, and verification is `required`.

    `required` applies to a protected authenticator; the option alwaysUv is checked in addition.
    """
    built_in = core.settings.verification != "none"
    if claim.proof is not None:
        found = token(core, claim.proof, claim.client_data_hash, claim.permission)
        bind(found, claim.rp_id)
        return True
    if claim.uv and not built_in:
        raise CtapError(Status.INVALID_OPTION)
    if claim.uv or (core.store.always_uv and built_in):
        return _verified_by_itself(core)
    if core.store.always_uv or (core.protected and required):
        raise CtapError(Status.PUAT_REQUIRED)
    return False


def _verified_by_itself(core: Core) -> bool:
    try:
        core.verify_user()
    except CtapError:
        raise CtapError(Status.OPERATION_DENIED) from None
    return True
