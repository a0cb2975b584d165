"""YubiKeys made from text options, for the catalogue of built-in cards."""

from __future__ import annotations

from typing import Any

from applets.fido2.kind import TOUCH
from applets.piv.issuing import Issuer
from applets.shared.options import ATR, Options
from vcard import Card, Memory

from . import kind
from .yubikey import TokenPiv, YubiKey


def create(memory: Memory | None, options: Options) -> Card:
    """A token; ValueError says what is wrong with an option."""
    blank = memory is None or f"{TokenPiv.section}/serial" not in memory
    return YubiKey(
        firmware=kind.FIRMWARE.of(options),
        serial=kind.SERIAL.of(options) or None,
        interface=kind.INTERFACE.of(options),
        capabilities=kind.CAPABILITIES.of(options),
        touch=TOUCH.of(options)(),
        piv=_personalised() if blank and kind.DEMO.of(options) else None,
        fido_pin=kind.FIDO_PIN.of(options) or None,
        memory=memory,
        atr=ATR.of(options),
    )


def _personalised() -> dict[str, Any]:
    """PIV keys and certificates from a new test CA, as Piv takes them."""
    issuer = Issuer.create()
    keys, certificates = issuer.equip("Alice Example")
    return {"keys": keys, "certificates": certificates, "signer": issuer.content_signer()}
