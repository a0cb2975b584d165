"""authenticatorMakeCredential.

Spec: CTAP 2.1, 6.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .algorithms import ALGORITHMS, Algorithm
from .attestation import attest
from .authenticator_data import attested, authenticator_data, user_flags
from .authorisation import Claim, probe, proof, user_verified
from .codes import CtapError, Permission, Protection, Status
from .core import Answer, Core, Steps, present
from .credential import Credential
from .extensions import Creation, known
from .fields import (
    Fields,
    credential_ids,
    mapping,
    optional,
    options,
    required,
    sized,
    texts,
)
from .store import Account, hash_of


@dataclass(frozen=True, slots=True)
class Request:
    """The parameters of the command."""

    claim: Claim
    rp_name: str | None
    user_id: bytes
    user: dict[str, str]
    excluded: list[bytes]
    extensions: Creation
    discoverable: bool
    enterprise: int | None

    @property
    def rp_id(self) -> str:
        """The RP's id."""
        return self.claim.rp_id


def make_credential(core: Core, fields: Fields) -> Steps[Answer]:
    """Make a credential, and attest it; CREDENTIAL_EXCLUDED if the excludeList names one."""
    yield from probe(core, fields, 8)
    request = _read(core, fields)
    algorithm = _algorithm(core, required(fields, 4, list))
    settings = core.settings
    optional_uv = settings.ctap21 and settings.make_without_uv and not request.discoverable
    enterprise = _enterprise(core, request)
    verified = user_verified(core, request.claim, required=not optional_uv)
    known_already = _excluded(core, request, verified=verified)
    yield from present(core)
    if known_already:
        raise CtapError(Status.CREDENTIAL_EXCLUDED)
    core.consume_token()
    return _make(core, request, algorithm, verified=verified, enterprise=enterprise)


def _read(core: Core, fields: Fields) -> Request:
    client_data_hash = sized(fields, 1, 32)
    rp, user = mapping(required(fields, 2, dict)), mapping(required(fields, 3, dict))
    texts(rp, "icon"), texts(user, "icon")
    chosen = options(fields, 7)
    if "up" in chosen and not (chosen["up"] and core.settings.ctap21):
        raise CtapError(Status.INVALID_OPTION)  # CTAP 2.0 has no such option here
    discoverable = chosen.get("rk", False)
    claim = Claim(
        proof(fields, 8, 9),
        client_data_hash,
        required(rp, "id", str),
        Permission.MAKE_CREDENTIAL,
        uv=chosen.get("uv", False),
    )
    return Request(
        claim,
        texts(rp, "name").get("name"),
        _user_id(user),
        texts(user, "name", "displayName"),
        credential_ids(fields, 5) or [],
        Creation.read(known(core, fields, 6), discoverable=discoverable),
        discoverable,
        optional(fields, 10, int),
    )


def _user_id(user: Fields) -> bytes:
    """The user handle, at most 64 bytes (WebAuthn 2, 5.4.3)."""
    found = required(user, "id", bytes)
    if len(found) > 64:
        raise CtapError(Status.INVALID_LENGTH)
    return found


def _algorithm(core: Core, wanted: list[object]) -> Algorithm:
    """The first supported algorithm; every entry must be well formed."""
    read = [mapping(entry) for entry in wanted]
    pairs = [(required(entry, "type", str), required(entry, "alg", int)) for entry in read]
    for kind, number in pairs:
        if kind == "public-key" and number in core.settings.algorithms:
            return ALGORITHMS[number]
    raise CtapError(Status.UNSUPPORTED_ALGORITHM)


def _enterprise(core: Core, request: Request) -> bool:
    """Whether to use enterprise attestation.

    Spec: CTAP 2.1, 7.1.3 (1: facilitated by the vendor for its RPs, 2: by the platform).
    """
    if request.enterprise is None:
        return False
    vendor = core.settings.enterprise
    if vendor is None or not core.store.get("enterprise", False):
        raise CtapError(Status.INVALID_PARAMETER)
    if request.enterprise not in (1, 2):
        raise CtapError(Status.INVALID_OPTION)
    return request.enterprise == 2 or request.rp_id in vendor


def _excluded(core: Core, request: Request, *, verified: bool) -> bool:
    """Whether the excludeList names a credential of this authenticator that may be revealed."""
    rp_hash = hash_of(request.rp_id)
    found = (core.store.find(rp_hash, identity) for identity in request.excluded)
    return any(
        each is not None and (verified or each.protection is not Protection.REQUIRED)
        for each in found
    )


def _make(
    core: Core, request: Request, algorithm: Algorithm, *, verified: bool, enterprise: bool
) -> Answer:
    store, extensions, rp_hash = core.store, request.extensions, hash_of(request.rp_id)
    credential = Credential.create(
        store.master, rp_hash, algorithm, extensions.kind, extensions.protection
    )
    if request.discoverable:
        store.add(_account(request, credential))
    data = authenticator_data(
        rp_hash,
        user_flags(present=True, verified=verified),
        store.count(),
        attested(credential, core.settings.aaguid),
        extensions.outputs(core, request.rp_id),
    )
    signed = data + request.claim.client_data_hash
    form, statement = attest(store, credential, signed, enterprise=enterprise)
    answer: dict[int, Any] = {1: form, 2: data, 3: statement}
    if enterprise:
        answer[4] = True
    return answer | _large_blob_key(credential)


def _account(request: Request, credential: Credential) -> Account:
    return Account(
        credential.identity,
        request.rp_id,
        request.rp_name,
        request.user_id,
        request.user.get("name"),
        request.user.get("displayName"),
        request.extensions.blob,
    )


def _large_blob_key(credential: Credential) -> dict[int, bytes]:
    key = credential.large_blob_key
    return {} if key is None else {5: key}
