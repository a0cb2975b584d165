"""Make YubiKeys from text options, for the catalogue of built-in cards."""

from __future__ import annotations

from typing import Any

from applets.openpgp.codes import USER_SLOTS
from applets.openpgp.openpgp import demo_contents
from applets.openpgp.persona import yubikey
from applets.piv.firmware import FIRMWARE
from applets.piv.issuing import Issuer
from applets.shared.options import ATR, TOUCH, Options
from vcard import Card, Memory

from . import kind
from .adopted import TokenPiv
from .yubikey import YubiKey


def create(memory: Memory | None, options: Options) -> Card:
    """Make a token; ValueError for a wrong option."""
    blank = memory is None or f"{TokenPiv.section}/serial" not in memory
    firmware = kind.FIRMWARE.of(options)
    return YubiKey(
        firmware=firmware,
        serial=kind.SERIAL.of(options) or None,
        interface=kind.INTERFACE.of(options),
        capabilities=kind.CAPABILITIES.of(options),
        touch=TOUCH.of(options)(),
        piv=_personalised() if blank and kind.DEMO.of(options) else None,
        openpgp=_with_keys(firmware) if blank and kind.DEMO.of(options) else None,
        fido_pin=kind.FIDO_PIN.of(options) or None,
        on_bus="fido" in kind.INTERFACES.of(options),
        memory=memory,
        atr=ATR.of(options),
    )


def _with_keys(firmware: str) -> dict[str, Any]:
    """Make OpenPGP keys and a cardholder, as arguments of OpenPgp."""
    persona = yubikey(FIRMWARE[firmware].version)
    algorithm = "Ed25519" if "Ed25519" in persona.algorithm_names else "RSA-2048"
    return demo_contents(dict.fromkeys(USER_SLOTS, algorithm), persona)


def _personalised() -> dict[str, Any]:
    """Issue PIV keys and certificates with a new test CA, as arguments of Piv."""
    issuer = Issuer.create()
    keys, certificates = issuer.equip("Alice Example")
    return {"keys": keys, "certificates": certificates, "signer": issuer.content_signer()}
