"""The declaration of the PIV card: options, names, commands that carry keys."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from applets.shared.authority import CA, CA_CERTIFICATE, CA_KEY
from applets.shared.card_kind import CardKind, Names
from applets.shared.options import (
    ATR,
    TOUCH,
    Option,
    choice,
    day,
    number,
    switch,
    text,
)
from applets.shared.validity import FIRST_DAY, LAST_DAY
from vcard.secret import SecretCommand

from .card_numbers import agency_number
from .codes import (
    DEFAULT_PIN,
    DEFAULT_PUK,
    KEY_PAIR_ALGORITHMS,
    RID,
    Algorithm,
    Reference,
    Slot,
)
from .firmware import FIRMWARE as VERSIONS
from .key_options import KEY_OPTIONS

DEMO = switch("demo", "keys and certificates in the four slots, from a new test CA")
SUBJECT = text(
    "subject", "the common name in the certificates", "Alice Example", example="subject=Bob"
)
IDENTITY = choice(
    "identity",
    "a plain card as in the standard, or one that Yubico's tools accept as theirs",
    {"nist": "nist", "yubikey": "yubikey"},
    "nist",
)
FIRMWARE = choice(
    "firmware",
    "the version of identity=yubikey",
    {version: version for version in VERSIONS},
    None,
    example="firmware=5.4.3",
)
UPN = text("upn", "the principal name in the certificates", example="upn=alice@corp.example")
EMAIL = text("email", "the mail address in the certificates", example="email=alice@corp.example")
OCSP = text("ocsp", "the OCSP responder in the certificates", example="ocsp=http://ca.example/ocsp")
CRL = text("crl", "the distribution point of the CRL", example="crl=http://ca.example/ca.crl")
GUID: Option[bytes | None] = Option(
    "guid",
    "the card's UUID, in the CHUID and in the certificates of slots 9A and 9E",
    "UUID",
    None,
    lambda given: UUID(given).bytes,
    "a UUID",
    example="guid=00112233-4455-4677-8899-aabbccddeeff",
)
FASC_N: Option[bytes | None] = Option(
    "fasc-n",
    "the card's FASC-N, in the same objects: agency, system and credential",
    "number",
    None,
    lambda given: agency_number(*_three(given)),
    "4, 4 and 6 digits with - between",
    example="fasc-n=9999-9999-999999",
)
POLICY: Option[tuple[str, ...]] = Option(
    "policy",
    "the policies of the certificates, separated by commas",
    "object identifiers",
    (),
    lambda given: tuple(_oid(one.strip()) for one in given.split(",")),
    "object identifiers in dots, separated by commas",
    example="policy=2.16.840.1.101.3.2.1.3.13",
)
NOT_BEFORE = day("not-before", "the first day of the certificates", FIRST_DAY)
NOT_AFTER = day("not-after", "the last day of the certificates", LAST_DAY)
WITHOUT_KEY: Option[Slot | None] = choice(
    "without-key",
    "a slot that has a certificate but no key",
    {f"{slot:02X}": slot for slot in Slot},
    None,
    example="without-key=9A",
)
PIN = text("pin", "the PIN, 6 to 8 digits", DEFAULT_PIN, example="pin=111111")
PUK = text("puk", "the PUK, 6 to 8 characters", DEFAULT_PUK, example="puk=22222222")
GLOBAL_PIN = text("global-pin", "a global PIN beside the card's own", example="global-pin=333333")
PAIRING_CODE = text("pairing-code", "the pairing code, 8 digits", example="pairing-code=44444444")
PIN_TRIES = number("pin-tries", "wrong PINs until it is blocked", 3, low=1, high=15)
PUK_TRIES = number("puk-tries", "wrong PUKs until it is blocked", 3, low=1, high=15)


def _three(given: str) -> tuple[str, str, str]:
    agency, system, credential = given.split("-")  # ValueError for another number of parts
    return agency, system, credential


def _oid(given: str) -> str:
    """Check an object identifier; ValueError if it breaks ITU-T X.660, A.3 (limits of the arcs)."""
    arcs = given.split(".")
    numbers = [int(arc) for arc in arcs if arc.isascii() and arc.isdecimal() and len(arc) < 40]
    if len(numbers) != len(arcs) or len(arcs) < 2 or numbers[0] > 2:
        raise ValueError(given)
    if numbers[0] < 2 and numbers[1] > 39:
        raise ValueError(given)
    return given


def _slot_option(slot: Slot) -> Option[Algorithm | None]:
    name = slot.name.lower().replace("_", "-")
    return choice(
        name,
        f"the algorithm of the key in slot {slot:02X}",
        {algorithm.name: algorithm for algorithm in KEY_PAIR_ALGORITHMS},
        None,
        example=f"{name}=P-384",
    )


SLOTS: Mapping[Slot, Option[Algorithm | None]] = {
    slot: _slot_option(slot)
    for slot in (Slot.AUTHENTICATION, Slot.SIGNATURE, Slot.KEY_MANAGEMENT, Slot.CARD_AUTHENTICATION)
}


_KEY_SLOTS = frozenset(Slot)

OPTIONS: tuple[Option[Any], ...] = (
    DEMO, SUBJECT, IDENTITY, FIRMWARE, UPN, EMAIL, OCSP, CRL, GUID, FASC_N, POLICY, ATR,
    NOT_BEFORE, NOT_AFTER, WITHOUT_KEY,
    PIN, PUK, GLOBAL_PIN, PAIRING_CODE, PIN_TRIES, PUK_TRIES,
    CA, CA_CERTIFICATE, CA_KEY, *SLOTS.values(), TOUCH, *KEY_OPTIONS,
)  # fmt: skip

KIND = CardKind(
    "piv",
    "A PIV card: keys, certificates and PINs of NIST SP 800-73-4.",
    factory="applets.piv.cards:create",
    options=OPTIONS,
    names=Names({RID: "PIV"}, tags={0x7E: "discovery object"}),
    secrets=(
        SecretCommand(0xFE, p1=frozenset(KEY_PAIR_ALGORITHMS), p2=_KEY_SLOTS),
        SecretCommand(
            0xFF,
            p1=frozenset({0xFF}),
            p2=frozenset({0xFD, 0xFE, 0xFF}),
            second=Reference.MANAGEMENT,
        ),
    ),
    extra="crypto",
)
