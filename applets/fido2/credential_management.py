"""authenticatorCredentialManagement: list, delete and rename discoverable credentials.

Spec: CTAP 2.1, 6.8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from . import cbor
from .authorisation import needed, token
from .codes import CtapError, Permission, Status
from .core import Answer, Core, Listing
from .fields import Fields, descriptor, mapping, required, sized, texts
from .store import Account
from .tokens import Token

_RPS_NEXT, _CREDENTIALS_NEXT = 0x03, 0x05


def credential_management(core: Core, fields: Fields) -> Answer:
    """Answer a subcommand; INVALID_SUBCOMMAND for an unknown one."""
    number = required(fields, 1, int)
    if number in (_RPS_NEXT, _CREDENTIALS_NEXT):
        return _next(core, number)
    core.listing = None
    if number not in _SUBCOMMANDS:
        raise CtapError(Status.INVALID_SUBCOMMAND)
    params = mapping(fields.get(2, {}))
    proof = needed(fields, 4, 3)
    message = bytes((number,)) + (cbor.encode(params) if 2 in fields else b"")
    found = token(core, proof, message, Permission.CREDENTIAL_MANAGEMENT)
    return _SUBCOMMANDS[number](core, params, found)


def _for_all(found: Token) -> None:
    """Refuse a token that is bound to one RP."""
    if found.rp_id is not None:
        raise CtapError(Status.PIN_AUTH_INVALID)


def _get_metadata(core: Core, _: Fields, found: Token) -> Answer:
    _for_all(found)
    return {1: len(core.store.accounts()), 2: core.store.free}


# Lists, one entry a command


def _enumerate_rps(core: Core, _: Fields, found: Token) -> Answer:
    _for_all(found)
    rps = list({account.rp_id: account for account in core.store.accounts()}.values())
    return _begin(core, _RPS_NEXT, map(_rp, rps), {5: len(rps)})


def _rp(account: Account) -> dict[int, Any]:
    rp = {"id": account.rp_id} | ({"name": account.rp_name} if account.rp_name else {})
    return {3: rp, 4: account.rp_hash}


def _enumerate_credentials(core: Core, params: Fields, found: Token) -> Answer:
    accounts = core.store.accounts_of(sized(params, 1, 32))
    if found.rp_id is not None and any(each.rp_id != found.rp_id for each in accounts):
        raise CtapError(Status.PIN_AUTH_INVALID)
    entries = (_credential(core, account) for account in accounts)
    return _begin(core, _CREDENTIALS_NEXT, entries, {9: len(accounts)})


def _credential(core: Core, account: Account) -> dict[int, Any]:
    credential = core.store.find(account.rp_hash, account.identity)
    if credential is None:  # its algorithm is no longer available
        raise CtapError(Status.NO_CREDENTIALS)
    key = credential.large_blob_key
    return {
        6: account.user(whole=True),
        7: {"id": account.identity, "type": "public-key"},
        8: credential.public_key,
        10: int(credential.protection),
    } | ({} if key is None else {11: key})


def _begin(
    core: Core, following: int, entries: Iterator[dict[int, Any]], total: dict[int, int]
) -> Answer:
    """Answer with the first entry; NO_CREDENTIALS if the list is empty."""
    first = next(entries, None)
    if first is None:
        raise CtapError(Status.NO_CREDENTIALS)
    core.listing = Listing(following, entries)
    return first | total


def _next(core: Core, number: int) -> Answer:
    listing = core.listing
    entry = None
    if listing is not None and listing.following == number:
        entry = next(listing.entries, None)
    if entry is None:
        raise CtapError(Status.NOT_ALLOWED)
    return entry


# Changes


def _chosen(core: Core, params: Fields, found: Token) -> Account:
    """Return the credential that the command names; NO_CREDENTIALS if there is none."""
    _, identity = descriptor(required(params, 2, dict))
    account = core.store.account(identity)
    if account is None:
        raise CtapError(Status.NO_CREDENTIALS)
    if found.rp_id not in (None, account.rp_id):
        raise CtapError(Status.PIN_AUTH_INVALID)
    return account


def _delete(core: Core, params: Fields, found: Token) -> Answer:
    core.store.remove(_chosen(core, params, found).identity)
    return None


def _update_user(core: Core, params: Fields, found: Token) -> Answer:
    """Replace name and display name; remove those that are missing or empty."""
    account, user = _chosen(core, params, found), required(params, 3, dict)
    if required(user, "id", bytes) != account.user_id:
        raise CtapError(Status.INVALID_PARAMETER)
    names = texts(user, "name", "displayName")
    updated = replace(
        account,
        user_name=names.get("name") or None,
        display_name=names.get("displayName") or None,
    )
    core.store.put(updated)
    return None


_SUBCOMMANDS: dict[int, Callable[[Core, Fields, Token], Answer]] = {
    0x01: _get_metadata,
    0x02: _enumerate_rps,
    0x04: _enumerate_credentials,
    0x06: _delete,
    0x07: _update_user,
}
