"""The declaration of the YubiKey: options, names, commands that carry keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from applets.fido2.kind import INTERFACES as FIDO_INTERFACES
from applets.openpgp.kind import KIND as OPENPGP_KIND
from applets.piv.firmware import FIRMWARE as VERSIONS
from applets.piv.firmware import USUAL
from applets.piv.kind import KIND as PIV_KIND
from applets.shared.card_kind import CardKind, Names
from applets.shared.options import ATR, TOUCH, Option, Options, choice, number, switch, text
from vcard.secret import SecretCommand

from .codes import BUILT, HSMAUTH_AID, MANAGEMENT_AID, OATH_AID, OTP_AID, Capability

NAMED = {one.name.lower(): one for one in Capability if one & BUILT and one.name}


def _capabilities(given: str) -> Capability:
    found = Capability(0)
    for name in filter(None, given.split(",")):
        if name not in NAMED:
            raise ValueError(given)
        found |= NAMED[name]
    return found


FIRMWARE = choice("firmware", "the version", {name: name for name in VERSIONS}, USUAL)
SERIAL = number("serial", "the serial number; 0 for a random one", 0, high=0xFFFF_FFFF)
INTERFACE = choice(
    "interface", "how the host reaches the token", {"usb": "usb", "nfc": "nfc"}, "usb"
)
INTERFACES: Option[tuple[str, ...]] = replace(
    FIDO_INTERFACES,
    help="how a host on USB reaches the token",
    default=("ccid", "fido"),
    shown="ccid,fido",
    example="interfaces=ccid",
)
CAPABILITIES: Option[Capability] = Option(
    "capabilities",
    "the applications that the token has",
    "list",
    BUILT,
    _capabilities,
    f"some of {', '.join(NAMED)}",
    ",".join(NAMED),
    "capabilities=piv,oath",
)
DEMO = switch("demo", "keys for PIV, with certificates from a new test CA, and for OpenPGP")
FIDO_PIN = text("fido-pin", "the PIN of FIDO2; by default none is set", example="fido-pin=1234")


def reader(options: Options) -> str:
    """Return the reader model of the token: on USB it is card and reader in one."""
    return "yubikey" if INTERFACE.of(options) == "usb" else ""


OPTIONS: tuple[Option[Any], ...] = (
    FIRMWARE, SERIAL, INTERFACE, INTERFACES, CAPABILITIES, DEMO, FIDO_PIN, TOUCH, ATR,
)  # fmt: skip

_OTP_SLOTS = frozenset({0x01, 0x03, 0x04, 0x05, 0x08, 0x09, 0x15})

KIND = CardKind(
    "yubikey",
    "A YubiKey 5: management, OATH, OTP, HSMAuth, PIV, OpenPGP, FIDO2, security domain.",
    factory="applets.yubikey.cards:create",
    options=OPTIONS,
    names=Names(
        {
            MANAGEMENT_AID: "YubiKey management",
            OTP_AID: "YubiKey OTP",
            OATH_AID: "YubiKey OATH",
            HSMAUTH_AID: "YubiKey HSMAuth",
        }
    ),
    secrets=(
        *PIV_KIND.secrets,
        *OPENPGP_KIND.secrets,
        SecretCommand(0x01, p1=frozenset({0x00}) | _OTP_SLOTS, p2=frozenset({0x00})),
        SecretCommand(0x02, p1=frozenset({0x00}), p2=frozenset({0x00})),
        SecretCommand(0x03, p1=frozenset({0x00}), p2=frozenset({0x00})),
        SecretCommand(0x0B, p1=frozenset({0x00, 0x01}), p2=frozenset({0x00})),
        SecretCommand(0x08, p1=frozenset({0x00}), p2=frozenset({0x00})),
        SecretCommand(0x1C, p1=frozenset({0x00}), p2=frozenset({0x00})),
    ),
    extra="fido2",
    reader=reader,
)
