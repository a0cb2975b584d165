"""authenticatorClientPIN.

Spec: CTAP 2.1, 6.5.
"""

from __future__ import annotations

from collections.abc import Callable

from .codes import CtapError, Permission, Status
from .core import UV_TRIES, Answer, Core, Steps, present
from .fields import Fields, optional, required
from .pin_protocols import SharedSecret, protocol_of
from .pins import ClientPin
from .tokens import LEGACY

_ABOUT_AN_RP = LEGACY


def client_pin(core: Core, fields: Fields) -> Answer | Steps[Answer]:
    """Answer a subcommand; INVALID_SUBCOMMAND for an unknown one."""
    found = _SUBCOMMANDS.get(required(fields, 2, int))
    if found is None:
        raise CtapError(Status.INVALID_SUBCOMMAND)
    return found(core, fields)


def _get_pin_retries(core: Core, _: Fields) -> Answer:
    pin = ClientPin(core)
    if not pin.set_already:
        raise CtapError(Status.PIN_NOT_SET)
    answer: dict[int, int | bool] = {3: pin.tries_left}
    if core.mismatches >= 3:
        answer[4] = True
    return answer


def _get_key_agreement(core: Core, fields: Fields) -> Answer:
    protocol_of(fields, 1)
    return {1: core.agreement.public}


def _shared(core: Core, fields: Fields) -> SharedSecret:
    return core.agreement.agree(protocol_of(fields, 1), required(fields, 3, dict))


def _set_pin(core: Core, fields: Fields) -> Answer:
    sent, mac = required(fields, 5, bytes), required(fields, 4, bytes)
    shared, pin = _shared(core, fields), ClientPin(core)
    if pin.set_already:
        raise CtapError(Status.PIN_AUTH_INVALID)
    shared.verify(sent, mac)
    pin.replace(shared.decrypt(sent))
    return None


def _change_pin(core: Core, fields: Fields) -> Answer:
    sent, mac = required(fields, 5, bytes), required(fields, 4, bytes)
    old = required(fields, 6, bytes)
    shared, pin = _shared(core, fields), ClientPin(core)
    pin.ready()
    shared.verify(sent + old, mac)
    pin.check(shared, old)
    pin.replace(shared.decrypt(sent))
    return None


# Tokens


def _get_pin_token(core: Core, fields: Fields) -> Answer:
    """GetPinToken of CTAP 2.0: for one RP, to make a credential and to use it."""
    if 9 in fields or 10 in fields:
        raise CtapError(Status.INVALID_PARAMETER)
    return _token_for_pin(core, fields, LEGACY, None)


def _get_token_using_pin(core: Core, fields: Fields) -> Answer:
    return _token_for_pin(core, fields, *_permissions(core, fields))


def _token_for_pin(
    core: Core, fields: Fields, permissions: Permission, rp_id: str | None
) -> Answer:
    sent = required(fields, 6, bytes)
    shared, pin = _shared(core, fields), ClientPin(core)
    pin.ready()
    pin.check(shared, sent)
    if pin.must_change:
        # PIN_INVALID: clients without forcePINChange understand it.
        raise CtapError(Status.PIN_INVALID)
    return {2: shared.encrypt(core.tokens.issue(shared.protocol, permissions, rp_id, core.now))}


def _permissions(core: Core, fields: Fields) -> tuple[Permission, str | None]:
    """Read the requested permissions, and the RP id that some of them need."""
    number, rp_id = required(fields, 9, int), optional(fields, 10, str)
    if number <= 0:
        raise CtapError(Status.INVALID_PARAMETER)
    if number & ~int(_available(core)):
        raise CtapError(Status.UNAUTHORIZED_PERMISSION)
    permissions = Permission(number)
    if permissions & _ABOUT_AN_RP and rp_id is None:
        raise CtapError(Status.MISSING_PARAMETER)
    return permissions, rp_id


def _available(core: Core) -> Permission:
    blobs = Permission.LARGE_BLOB_WRITE if core.settings.large_blob else Permission(0)
    return LEGACY | Permission.CREDENTIAL_MANAGEMENT | Permission.AUTHENTICATOR_CONFIG | blobs


# Built-in user verification


def _get_token_using_uv(core: Core, fields: Fields) -> Steps[Answer]:
    _needs_uv(core)
    permissions, rp_id = _permissions(core, fields)
    shared = _shared(core, fields)
    yield from present(core)
    core.verify_user()
    return {2: shared.encrypt(core.tokens.issue(shared.protocol, permissions, rp_id, core.now))}


def _get_uv_retries(core: Core, _: Fields) -> Answer:
    _needs_uv(core)
    return {5: core.store.get("uv tries", UV_TRIES)}


def _needs_uv(core: Core) -> None:
    if core.settings.verification == "none":
        raise CtapError(Status.INVALID_SUBCOMMAND)


_SUBCOMMANDS: dict[int, Callable[[Core, Fields], Answer | Steps[Answer]]] = {
    0x01: _get_pin_retries,
    0x02: _get_key_agreement,
    0x03: _set_pin,
    0x04: _change_pin,
    0x05: _get_pin_token,
    0x06: _get_token_using_uv,
    0x07: _get_uv_retries,
    0x09: _get_token_using_pin,
}
