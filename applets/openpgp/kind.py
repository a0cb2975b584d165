"""The declaration of the OpenPGP card: options, names, commands that carry keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applets.shared.card_kind import CardKind, Names
from applets.shared.options import ATR, TOUCH, Option, choice, number, switch, text
from vcard.secret import SecretCommand

from .codes import DEFAULT_PW1, DEFAULT_PW3, PREFIX, Ins, Tag

ALGORITHMS = (
    "RSA-2048", "RSA-3072", "RSA-4096", "P-256", "P-384", "P-521", "secp256k1",
    "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "Ed25519",
)  # fmt: skip


def _serial(given: str) -> int:
    if not given.isdecimal() or len(given) > 8:
        raise ValueError(given)
    return int(given)


def _manufacturer(given: str) -> int:
    if len(given) != 4:
        raise ValueError(given)
    return int(given, 16)


def _algorithm(name: str, use: str) -> Option[str]:
    named = {each: each for each in ALGORITHMS}
    return choice(name, f"the algorithm of the key for {use}", named, "RSA-2048")


DEMO = switch("demo", "keys in the three slots, and a cardholder")
NAME = text("name", "the cardholder, surname<<given names", "Example<<Alice")
SERIAL: Option[int | None] = Option(
    "serial",
    "the serial number; by default random for each new card",
    "number",
    None,
    _serial,
    "a number, 0..99999999",
    None,
    "serial=12345678",
)
MANUFACTURER: Option[int] = Option(
    "manufacturer",
    "the number of the manufacturer",
    "hexadecimal",
    0xFF7C,
    _manufacturer,
    "4 hexadecimal digits",
    "FF7C",
    "manufacturer=0005",
)
VERSION: Option[tuple[int, int]] = choice(
    "version", "the version of the specification", {"3.3": (3, 3), "3.4": (3, 4)}, (3, 4)
)
IDENTITY = choice(
    "identity",
    "a plain card, or one that Yubico's tools accept as theirs",
    {"plain": "plain", "yubikey": "yubikey"},
    "plain",
)
KDF = choice(
    "kdf",
    "the effect of writing the KDF-DO: set the passwords in it, only store it, or not support it",
    {"apply": "apply", "store": "store", "none": "none"},
    "apply",
)
UIF = switch("uif", "keys can require a touch; yes by default")
PIN = text("pin", "PW1, 6 to 127 characters", DEFAULT_PW1, example="pin=111111")
ADMIN_PIN = text("admin-pin", "PW3, 8 to 127 characters", DEFAULT_PW3, example="admin-pin=22222222")
RESETTING_CODE = text(
    "resetting-code", "the resetting code, 8 to 127 characters; by default none is set",
    example="resetting-code=33333333",
)  # fmt: skip
PIN_TRIES = number("pin-tries", "wrong PINs until PW1 is blocked", 3, low=1, high=15)
ADMIN_TRIES = number("admin-tries", "wrong PINs until PW3 is blocked", 3, low=1, high=15)
SLOTS: Mapping[str, Option[str]] = {
    "SIG": _algorithm("signature", "signatures"),
    "DEC": _algorithm("decryption", "decryption"),
    "AUT": _algorithm("authentication", "authentication"),
}

OPTIONS: tuple[Option[Any], ...] = (
    DEMO, NAME, SERIAL, MANUFACTURER, VERSION, IDENTITY, KDF, UIF, TOUCH, ATR,
    PIN, ADMIN_PIN, RESETTING_CODE, PIN_TRIES, ADMIN_TRIES, *SLOTS.values(),
)  # fmt: skip
_SECRET_OBJECTS = frozenset(
    {Tag.SM_ENC, Tag.SM_MAC, Tag.SM_CONTAINER, Tag.RESETTING_CODE, Tag.AES_KEY, Tag.KDF}
)

KIND = CardKind(
    "openpgp",
    "An OpenPGP card, version 3.4: keys for GnuPG, OpenSSH and PKCS #11.",
    factory="applets.openpgp.cards:create",
    options=OPTIONS,
    names=Names(
        {PREFIX: "OpenPGP"},
        tags={0x6E: "application related data", 0x7A: "security support template"},
    ),
    secrets=(
        SecretCommand(Ins.PUT_DATA, p1=frozenset({0}), p2=_SECRET_OBJECTS),
        SecretCommand(Ins.PUT_KEY, p1=frozenset({0x3F}), p2=frozenset({0xFF}), first=0x4D),
    ),
    extra="openpgp",
)
