"""authenticatorConfig: enterprise attestation, alwaysUv, the shortest PIN.

Spec: CTAP 2.1, 6.11.
"""

from __future__ import annotations

from collections.abc import Callable

from . import cbor
from .authorisation import needed, token
from .codes import Command, CtapError, Permission, Status
from .core import Answer, Core
from .fields import Fields, mapping, optional, required
from .pins import ClientPin
from .settings import MIN_PIN_RP_IDS, PIN_BYTES


def config(core: Core, fields: Fields) -> Answer:
    """Answer a subcommand; INVALID_SUBCOMMAND for an unknown one."""
    number = required(fields, 1, int)
    if number not in _SUBCOMMANDS:
        raise CtapError(Status.INVALID_SUBCOMMAND)
    params = mapping(fields.get(2, {}))
    if not _without_proof(core, number):
        proof = needed(fields, 4, 3)
        head = b"\xff" * 32 + bytes((Command.CONFIG, number))
        message = head + (cbor.encode(params) if 2 in fields else b"")
        token(core, proof, message, Permission.AUTHENTICATOR_CONFIG)
    return _SUBCOMMANDS[number](core, params)


def _without_proof(core: Core, number: int) -> bool:
    """Whether a subcommand needs no token: unprotected, and not switching alwaysUv off.

    Spec: CTAP 2.1, 6.11 (toggleAlwaysUv and others on an unprotected authenticator).
    """
    return not core.protected and not (core.store.always_uv and number == _TOGGLE_ALWAYS_UV)


def _enable_enterprise_attestation(core: Core, _: Fields) -> Answer:
    if core.settings.enterprise is None:
        raise CtapError(Status.INVALID_SUBCOMMAND)
    core.store.memory["enterprise"] = True
    return None


def _toggle_always_uv(core: Core, _: Fields) -> Answer:
    core.store.memory["always uv"] = not core.store.always_uv
    return None


def _set_min_pin_length(core: Core, params: Fields) -> Answer:
    """Require longer PINs; a PIN that is now too short has to be changed."""
    store, pin = core.store, ClientPin(core)
    length = optional(params, 1, int)
    length = store.min_pin if length is None else length
    rp_ids, force = optional(params, 2, list), optional(params, 3, bool) or False
    if not store.min_pin <= length <= PIN_BYTES:
        raise CtapError(Status.PIN_POLICY_VIOLATION)
    if force and not pin.set_already:
        raise CtapError(Status.PIN_NOT_SET)
    if rp_ids is not None:
        store.memory["min pin rps"] = _rp_ids(rp_ids)
    store.memory["min pin"] = length
    if pin.set_already and (force or store.get("pin length", 0) < length):
        store.memory["force pin change"] = True
        core.tokens.end()
    return None


def _rp_ids(given: list[object]) -> tuple[str, ...]:
    """The RPs that may read the shortest length; KEY_STORE_FULL if they are too many."""
    if len(given) > MIN_PIN_RP_IDS:
        raise CtapError(Status.KEY_STORE_FULL)
    if not all(isinstance(each, str) for each in given):
        raise CtapError(Status.CBOR_UNEXPECTED_TYPE)
    return tuple(str(each) for each in given)


_TOGGLE_ALWAYS_UV = 0x02
_SUBCOMMANDS: dict[int, Callable[[Core, Fields], Answer]] = {
    0x01: _enable_enterprise_attestation,
    _TOGGLE_ALWAYS_UV: _toggle_always_uv,
    0x03: _set_min_pin_length,
}
