"""FIDO2 cards made from text options, for the catalogue of built-in cards."""

from __future__ import annotations

from applets.shared.authority import CA_CERTIFICATE, CA_KEY
from applets.shared.options import ATR, TOUCH, Options
from vcard import Card, Memory

from . import kind
from .algorithms import ALGORITHMS
from .fido2 import Fido2
from .issuing import Attestation, Issuer
from .settings import AAGUID, Settings


def create(memory: Memory | None, options: Options) -> Card:
    """Make a FIDO2 card; ValueError for a wrong option."""
    settings = _settings(options)
    made = Fido2(
        settings,
        touch=TOUCH.of(options)(),
        attestation=_attestation(options, settings),
        pin=kind.PIN.of(options) or None,
        on_bus="fido" in kind.INTERFACES.of(options),
    )
    return made.on_card(memory, ATR.of(options))


def _settings(options: Options) -> Settings:
    enterprise = kind.ENTERPRISE.of(options)
    rp_ids = tuple(each for each in enterprise.split(",") if each)
    return Settings(
        aaguid=kind.AAGUID.of(options) or AAGUID,
        versions=kind.VERSION_LIST.of(options),
        extensions=kind.EXTENSION_LIST.of(options),
        algorithms=_algorithms(options),
        attestation=kind.ATTESTATION.of(options),
        enterprise=None if enterprise == "no" else rp_ids,
        verification=kind.UV.of(options),
        reset=kind.RESET.of(options),
        always_uv=kind.ALWAYS_UV.of(options),
        make_without_uv=not kind.UV_TO_CREATE.of(options),
        counter=not kind.WITHOUT_COUNTER.of(options),
        credentials=kind.CREDENTIALS.of(options),
        large_blob=kind.LARGE_BLOB.of(options),
        pin_tries=kind.PIN_TRIES.of(options),
        min_pin=kind.MIN_PIN.of(options),
        firmware=kind.FIRMWARE.of(options),
    )


def _algorithms(options: Options) -> tuple[int, ...]:
    """The COSE numbers; ValueError for one that the installed `cryptography` lacks."""
    names = kind.ALGORITHM_LIST.of(options)
    for name in names:
        if kind.NUMBERS[name] not in ALGORITHMS:
            raise ValueError(f"algorithms: the installed cryptography has no {name}")
    return tuple(kind.NUMBERS[name] for name in names)


def _attestation(options: Options, settings: Settings) -> tuple[Attestation, Attestation] | None:
    """Return the attestation issued by the CA in the options; None if a new CA issues it."""
    if not CA_CERTIFICATE.given(options):
        return None
    certificate, key = CA_CERTIFICATE.of(options), CA_KEY.of(options)
    return Issuer.load(certificate.encode(), key.encode()).equip(settings.aaguid)
