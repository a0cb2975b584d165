"""The declaration of the FIDO2 card: options and names."""

from __future__ import annotations

from typing import Any

from applets.shared.authority import CA, CA_CERTIFICATE, CA_KEY
from applets.shared.card_kind import CardKind, Names
from applets.shared.options import (
    ATR,
    TOUCH,
    Option,
    Options,
    choice,
    hexadecimal,
    number,
    switch,
    text,
)

from .codes import AID, NFCCTAP_GETRESPONSE, NFCCTAP_MSG
from .settings import (
    ATTESTATIONS,
    EXTENSIONS,
    RESET_RULES,
    VERIFICATIONS,
    VERSIONS,
    Settings,
)

NUMBERS = {
    "ES256": -7,
    "EdDSA": -8,
    "ES384": -35,
    "ML-DSA-44": -48,
    "ML-DSA-65": -49,
    "ML-DSA-87": -50,
}
"""COSE algorithms by name."""
_DEFAULT = Settings()


def _one_of(name: str, meaning: str, names: tuple[str, ...]) -> Option[str]:
    return choice(name, meaning, {each: each for each in names}, names[0])


def _several(
    name: str, meaning: str, known: tuple[str, ...], default: tuple[str, ...], example: str
) -> Option[tuple[str, ...]]:
    """An option with a list of names, separated by commas; an empty text selects none."""

    def parse(given: str) -> tuple[str, ...]:
        found = tuple(each for each in given.split(",") if each)
        if not set(found) <= set(known):
            raise ValueError(given)
        return found

    allowed = f"some of {', '.join(known)}"
    return Option(name, meaning, "list", default, parse, allowed, ",".join(default), example)


PIN = text("pin", "the PIN, 4 to 63 characters; by default none is set", example="pin=1234")
UV = _one_of("uv", "built-in user verification, and how it ends", VERIFICATIONS)
AAGUID = hexadecimal(
    "aaguid", "the model, 16 bytes", shortest=16, longest=16, example="aaguid=" + "00" * 16
)
VERSION_LIST = _several("versions", "the versions", VERSIONS, VERSIONS, "versions=FIDO_2_0")
EXTENSION_LIST = _several(
    "extensions", "the extensions", EXTENSIONS, EXTENSIONS, "extensions=hmac-secret"
)
ALGORITHM_LIST = _several(
    "algorithms",
    "the algorithms, the preferred one first",
    tuple(NUMBERS),
    ("ES256", "EdDSA", "ES384"),
    "algorithms=ML-DSA-65,ES256",
)
ATTESTATION = _one_of("attestation", "how new credentials are attested", ATTESTATIONS)
ENTERPRISE = text(
    "enterprise",
    "RP ids of the vendor's enterprise attestation; `no` for none",
    example="enterprise=example.com",
)
RESET = _one_of("reset", "when a reset is allowed", RESET_RULES)
ALWAYS_UV = switch("always-uv", "the user is always verified")
UV_TO_CREATE = switch("uv-to-create", "making a credential requires a verified user")
WITHOUT_COUNTER = switch("without-counter", "signatures are not counted")
CREDENTIALS = number("credentials", "the number of discoverable credentials that fit", 100)
LARGE_BLOB = number("large-blob", "bytes for large blobs, 0 for none, or 1024 and more", 4096)
PIN_TRIES = number("pin-tries", "wrong PINs until it is blocked", 8, low=1, high=8)
MIN_PIN = number("min-pin", "the length of the shortest PIN", 4, low=4, high=63)
FIRMWARE = number("firmware", "the number of the firmware's version", _DEFAULT.firmware)

INTERFACES = _several(
    "interfaces",
    "its interfaces on USB; with fido the card is a security key, reader and card in one",
    ("ccid", "fido"),
    ("ccid",),
    "interfaces=ccid,fido",
)


def reader(options: Options) -> str:
    """The reader that the card is built into: a security key's, if it has CTAPHID."""
    return "security-key" if "fido" in INTERFACES.of(options) else ""


OPTIONS: tuple[Option[Any], ...] = (
    PIN, TOUCH, UV, AAGUID, VERSION_LIST, EXTENSION_LIST, ALGORITHM_LIST, ATTESTATION, ENTERPRISE,
    RESET, ALWAYS_UV, UV_TO_CREATE, WITHOUT_COUNTER, CREDENTIALS, LARGE_BLOB, PIN_TRIES, MIN_PIN,
    FIRMWARE, INTERFACES, CA, CA_CERTIFICATE, CA_KEY, ATR,
)  # fmt: skip

KIND = CardKind(
    "fido2",
    "A FIDO2 security key: CTAP 2.1 and U2F over PC/SC.",
    factory="applets.fido2.cards:create",
    options=OPTIONS,
    names=Names(
        {AID: "FIDO"},
        instructions={NFCCTAP_MSG: "NFCCTAP MSG", NFCCTAP_GETRESPONSE: "NFCCTAP GET RESPONSE"},
    ),
    extra="fido2",
    reader=reader,
)
