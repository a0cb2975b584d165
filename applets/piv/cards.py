"""PIV cards made from text options, for the catalogue of built-in cards."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from applets.shared.authority import CA_CERTIFICATE, CA_KEY
from applets.shared.key_kinds import PrivateKey
from applets.shared.options import ATR, TOUCH, Option, Options
from vcard import Card, Memory

from . import kind
from .algorithms import generate
from .card_numbers import CardNumbers
from .codes import PinPolicy, Policies, Slot, TouchPolicy
from .holder import Holder
from .issuing import DEMO_KEYS, Issuer
from .key_files import OwnKey, own_key
from .key_options import KEYS, PASSPHRASE, PIN_POLICY, TOUCH_POLICY
from .piv import Piv


def create(memory: Memory | None, options: Options) -> Card:
    """Make a PIV card, personalised if `demo`, `subject`, a slot's algorithm or a CA is given.

    The options are those of applets.piv.kind. ValueError for a wrong option.
    """
    blank = memory is None or f"{Piv.section}/serial" not in memory
    numbers = _numbers(options)
    equipment = _equipment(options, numbers) if blank and _equipped(options) else {}
    return _piv(options, {**equipment, "numbers": numbers}).on_card(memory, ATR.of(options))


def _equipped(options: Options) -> bool:
    return _personalised(options) or any(option.given(options) for option in KEYS.values())


def _personalised(options: Options) -> bool:
    named: tuple[Option[Any], ...] = (
        kind.SUBJECT, kind.UPN, kind.EMAIL, kind.OCSP, kind.CRL, kind.POLICY, CA_CERTIFICATE,
        *kind.SLOTS.values(),
    )  # fmt: skip
    return kind.DEMO.of(options) or any(option.given(options) for option in named)


def _piv(options: Options, equipment: dict[str, object]) -> Piv:
    return Piv(
        **equipment,  # type: ignore[arg-type]  # keys, certificates and signer, by name
        pin=kind.PIN.of(options),
        puk=kind.PUK.of(options),
        global_pin=kind.GLOBAL_PIN.of(options) or None,
        pairing_code=kind.PAIRING_CODE.of(options) or None,
        pin_tries=kind.PIN_TRIES.of(options),
        puk_tries=kind.PUK_TRIES.of(options),
        identity=kind.IDENTITY.of(options),
        firmware=kind.FIRMWARE.of(options),
        policies=_policies(options),
        touch=TOUCH.of(options)() if TOUCH.given(options) or TOUCH_POLICY.given(options) else None,
    )


def _policies(options: Options) -> dict[Slot, Policies]:
    pin, touch = PIN_POLICY.of(options), TOUCH_POLICY.of(options)
    return {
        slot: (pin.get(slot, PinPolicy.DEFAULT), touch.get(slot, TouchPolicy.DEFAULT))
        for slot in {*pin, *touch}
    }


def _numbers(options: Options) -> CardNumbers | None:
    """Return the numbers of the card, if an option names one."""
    if not (kind.GUID.given(options) or kind.FASC_N.given(options)):
        return None
    return CardNumbers.made(kind.GUID.of(options), kind.FASC_N.of(options))


def _equipment(options: Options, numbers: CardNumbers | None) -> dict[str, object]:
    """Return keys, certificates and signer of a personalised card, as arguments of Piv."""
    own = _own_keys(options)
    issuer = _issuer(options)
    keys = {**_new_keys(options, own), **{slot: found.key for slot, found in own.items()}}
    brought = {slot: found.certificate for slot, found in own.items() if found.certificate}
    issued = issuer.issue_all(
        kind.SUBJECT.of(options),
        {slot: key for slot, key in keys.items() if slot not in brought},
        not_before=kind.NOT_BEFORE.of(options),
        not_after=kind.NOT_AFTER.of(options),
        holder=_holder(options, numbers),
    )
    missing = kind.WITHOUT_KEY.of(options)
    kept = {slot: key for slot, key in keys.items() if slot is not missing}
    signer = issuer.content_signer()
    return {"keys": kept, "certificates": {**issued, **brought}, "signer": signer}


def _own_keys(options: Options) -> dict[Slot, OwnKey]:
    """Load the user's own keys; ValueError if one does not fit its slot."""
    given = {slot: option for slot, option in KEYS.items() if option.given(options)}
    passphrase = PASSPHRASE.of(options)
    own = {slot: own_key(option.of(options), passphrase) for slot, option in given.items()}
    attestation = own.get(Slot.ATTESTATION)
    if attestation and kind.IDENTITY.of(options) != "yubikey":
        raise ValueError("key-f9 is for identity=yubikey: other cards do not attest")
    if attestation and attestation.certificate is None:
        raise ValueError("key-f9 needs the certificate of the key as well, which attestations name")
    return own


def _new_keys(options: Options, own: Container[Slot]) -> dict[Slot, PrivateKey]:
    """Make keys for the slots without one of the user's; none if not personalised."""
    if not _personalised(options):
        return {}
    chosen = {slot: option.of(options) or DEMO_KEYS[slot] for slot, option in kind.SLOTS.items()}
    return {slot: generate(found) for slot, found in chosen.items() if slot not in own}


def _holder(options: Options, numbers: CardNumbers | None) -> Holder:
    return Holder(
        upn=kind.UPN.of(options),
        email=kind.EMAIL.of(options),
        ocsp=kind.OCSP.of(options),
        crl=kind.CRL.of(options),
        policies=kind.POLICY.of(options),
        numbers=numbers,
    )


def _issuer(options: Options) -> Issuer:
    if not CA_CERTIFICATE.given(options):
        return Issuer.create()
    return Issuer.load(CA_CERTIFICATE.of(options).encode(), CA_KEY.of(options).encode())
