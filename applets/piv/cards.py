"""PIV cards made from text options, for the catalogue of built-in cards."""

from __future__ import annotations

from typing import Any

from applets.shared.authority import CA_CERTIFICATE, CA_KEY
from applets.shared.options import ATR, Option, Options
from vcard import Card, Memory

from . import kind
from .card_numbers import CardNumbers
from .holder import Holder
from .issuing import DEMO_KEYS, Issuer
from .piv import Piv


def create(memory: Memory | None, options: Options) -> Card:
    """A PIV card; with `demo`, `subject`, a slot's algorithm or a CA it is personalised.

    The options are those of applets.piv.kind. ValueError says what is wrong with one.
    """
    blank = memory is None or f"{Piv.section}/serial" not in memory
    numbers = _numbers(options)
    equipment = _equipment(options, numbers) if blank and _personalised(options) else {}
    return _piv(options, {**equipment, "numbers": numbers}).on_card(memory, ATR.of(options))


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
    )


def _numbers(options: Options) -> CardNumbers | None:
    """The numbers of the card, if one is named."""
    if not (kind.GUID.given(options) or kind.FASC_N.given(options)):
        return None
    return CardNumbers.made(kind.GUID.of(options), kind.FASC_N.of(options))


def _equipment(options: Options, numbers: CardNumbers | None) -> dict[str, object]:
    """Keys, certificates and the signer of a personalised card, as Piv takes them."""
    chosen = {slot: option.of(options) for slot, option in kind.SLOTS.items()}
    issuer = _issuer(options)
    keys, certificates = issuer.equip(
        kind.SUBJECT.of(options),
        {slot: algorithm or DEMO_KEYS[slot] for slot, algorithm in chosen.items()},
        not_before=kind.NOT_BEFORE.of(options),
        not_after=kind.NOT_AFTER.of(options),
        holder=_holder(options, numbers),
    )
    missing = kind.WITHOUT_KEY.of(options)
    kept = {slot: key for slot, key in keys.items() if slot is not missing}
    return {"keys": kept, "certificates": certificates, "signer": issuer.content_signer()}


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
