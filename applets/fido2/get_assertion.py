"""authenticatorGetAssertion and authenticatorGetNextAssertion.

Spec: CTAP 2.1, 6.2 and 6.3.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .authenticator_data import authenticator_data, user_flags
from .authorisation import Claim, probe, proof, user_verified
from .codes import CtapError, Permission, Protection, Status
from .core import Answer, Core, Steps, present
from .credential import Credential
from .extensions import Use, known
from .fields import Fields, credential_ids, options, required, sized
from .store import Account, hash_of

NEXT_S = 30.0
"""Seconds in which getNextAssertion may follow (CTAP 2.1, 6.3)."""
Candidate = tuple[Credential, Account | None]


@dataclass(frozen=True, slots=True)
class Request:
    """The parameters of the command."""

    claim: Claim
    allowed: list[bytes] | None
    extensions: Use
    present: bool
    whole_user: bool = False


def get_assertion(core: Core, fields: Fields) -> Steps[Answer]:
    """Sign with a credential of the RP: the first in the list, or the newest.

    NO_CREDENTIALS if none may be used.
    """
    yield from probe(core, fields, 6)
    request = _read(core, fields)
    verified = _verified(core, request)
    found = _candidates(core, request, verified=verified)
    if request.present:
        yield from present(core)
        core.consume_token()
    if not found:
        raise CtapError(Status.NO_CREDENTIALS)
    return _begin(core, request, found, verified=verified)


def _verified(core: Core, request: Request) -> bool:
    """Whether the user is verified; alwaysUv does not apply to a request without user presence.

    Spec: CTAP 2.1, 6.2.2 (step 4).
    """
    claim = request.claim
    if not request.present and claim.proof is None and not claim.uv:
        return False
    return user_verified(core, claim, required=False)


def _read(core: Core, fields: Fields) -> Request:
    rp_id, client_data_hash = required(fields, 1, str), sized(fields, 2, 32)
    allowed, chosen = credential_ids(fields, 3), options(fields, 5)
    if "rk" in chosen:
        raise CtapError(Status.UNSUPPORTED_OPTION)
    claim = Claim(
        proof(fields, 6, 7),
        client_data_hash,
        rp_id,
        Permission.GET_ASSERTION,
        uv=chosen.get("uv", False),
    )
    here = chosen.get("up", True)
    return Request(claim, allowed, Use.read(core, known(core, fields, 4), present=here), here)


def _candidates(core: Core, request: Request, *, verified: bool) -> list[Candidate]:
    """The credentials that may be used: one of the list, or all that the authenticator keeps.

    Spec: CTAP 2.1, 12.1.1 (credProtect hides some from an unverified user).
    """
    store, rp_hash = core.store, hash_of(request.claim.rp_id)
    if request.allowed:
        hidden = set() if verified else {Protection.REQUIRED}
        opened = (store.find(rp_hash, identity) for identity in request.allowed)
        listed = (each for each in opened if each is not None and each.protection not in hidden)
        return [(each, store.account(each.identity)) for each in listed][:1]
    hidden = set() if verified else {Protection.REQUIRED, Protection.OPTIONAL_WITH_LIST}
    accounts = store.accounts_of(rp_hash)
    kept = ((store.find(rp_hash, account.identity), account) for account in accounts)
    return [(each, account) for each, account in kept if each and each.protection not in hidden]


def _begin(core: Core, request: Request, found: list[Candidate], *, verified: bool) -> Answer:
    """Answer with the first assertion; the others wait for getNextAssertion."""
    count = len(found)
    assertions = _assertions(core, request, found, verified=verified)
    first = dict(next(assertions))
    if count > 1:
        first[5] = count
        core.assertions = assertions
        core.assertions_until = None if core.now is None else core.now + NEXT_S
    return first


def _assertions(
    core: Core, request: Request, found: list[Candidate], *, verified: bool
) -> Iterator[dict[int, Any]]:
    for credential, account in found:
        data = authenticator_data(
            credential.rp_hash,
            user_flags(present=request.present, verified=verified),
            core.store.count(),
            outputs=request.extensions.outputs(credential, account, verified=verified),
        )
        answer: dict[int, Any] = {
            1: {"id": credential.identity, "type": "public-key"},
            2: data,
            3: credential.sign(data + request.claim.client_data_hash),
        }
        if account is not None:
            answer[4] = account.user(whole=verified and len(found) > 1)
        if request.extensions.large_blob and credential.large_blob_key is not None:
            answer[7] = credential.large_blob_key
        yield answer


def get_next_assertion(core: Core, _: Fields) -> Answer:
    """Sign with the next credential; NOT_ALLOWED if there is none, or after NEXT_S seconds."""
    late = core.now is not None and core.now > (core.assertions_until or core.now)
    if core.assertions is None or late:
        raise CtapError(Status.NOT_ALLOWED)
    following = next(core.assertions, None)
    if following is None:
        raise CtapError(Status.NOT_ALLOWED)
    core.assertions_until = None if core.now is None else core.now + NEXT_S
    return following
