"""The code spaces of PIV: instructions, key references, algorithms, policies, tags.

Spec: NIST SP 800-73-4, part 1, tables 3 to 6 and part 2, clauses 2.4 and 3; SP 800-78-4, table 6-2.
The values of the newer algorithms (RSA 3072 and 4096, Ed25519, X25519) and of the policies are
those that cards and middleware in the field share.
"""

from __future__ import annotations

from enum import IntEnum

AID = bytes.fromhex("A000000308000010000100")
"""The PIV Card Application: RID A000000308, PIX 000010000100 (version 1.0)."""

RID, PIX = AID[:5], AID[5:]


DEFAULT_PIN, DEFAULT_PUK = "123456", "12345678"
"""The factory values."""


class Algorithm(IntEnum):
    """Algorithm identifiers, P1 of GENERAL AUTHENTICATE."""

    TDES = 0x03
    RSA_3072 = 0x05
    RSA_1024 = 0x06
    RSA_2048 = 0x07
    AES_128 = 0x08
    AES_192 = 0x0A
    AES_256 = 0x0C
    P256 = 0x11
    P384 = 0x14
    RSA_4096 = 0x16
    ED25519 = 0xE0
    X25519 = 0xE1


KEY_PAIR_ALGORITHMS = (
    Algorithm.RSA_1024, Algorithm.RSA_2048, Algorithm.RSA_3072, Algorithm.RSA_4096,
    Algorithm.P256, Algorithm.P384, Algorithm.ED25519, Algorithm.X25519,
)  # fmt: skip
"""The algorithms of key pairs, in the order in which a card names them."""


class Slot(IntEnum):
    """Key references of key pairs. The retired ones are RETIRED_1 (82) to RETIRED_20 (95)."""

    RETIRED_1 = 0x82
    RETIRED_2 = 0x83
    RETIRED_3 = 0x84
    RETIRED_4 = 0x85
    RETIRED_5 = 0x86
    RETIRED_6 = 0x87
    RETIRED_7 = 0x88
    RETIRED_8 = 0x89
    RETIRED_9 = 0x8A
    RETIRED_10 = 0x8B
    RETIRED_11 = 0x8C
    RETIRED_12 = 0x8D
    RETIRED_13 = 0x8E
    RETIRED_14 = 0x8F
    RETIRED_15 = 0x90
    RETIRED_16 = 0x91
    RETIRED_17 = 0x92
    RETIRED_18 = 0x93
    RETIRED_19 = 0x94
    RETIRED_20 = 0x95
    AUTHENTICATION = 0x9A
    SIGNATURE = 0x9C
    KEY_MANAGEMENT = 0x9D
    CARD_AUTHENTICATION = 0x9E
    ATTESTATION = 0xF9


class Reference(IntEnum):
    """Key references of PINs and of the management key."""

    GLOBAL_PIN = 0x00
    PIN = 0x80
    PUK = 0x81
    PAIRING_CODE = 0x98
    MANAGEMENT = 0x9B


class PinPolicy(IntEnum):
    """PIN policies of a private key; DEFAULT is the standard's rule for its slot."""

    DEFAULT = 0
    NEVER = 1
    ONCE = 2
    ALWAYS = 3


class TouchPolicy(IntEnum):
    """Touch policies of a private key; they apply to a card with a button.

    The card has no clock: a cached touch stays valid until the application is selected again.
    """

    DEFAULT = 0
    NEVER = 1
    ALWAYS = 2
    CACHED = 3


Policies = tuple[PinPolicy, TouchPolicy]
"""The PIN and touch policies of a key."""


class Origin(IntEnum):
    """The origin of a private key."""

    GENERATED = 1
    IMPORTED = 2


_POLICIES = {
    Slot.SIGNATURE: PinPolicy.ALWAYS,
    Slot.CARD_AUTHENTICATION: PinPolicy.NEVER,
    Slot.ATTESTATION: PinPolicy.NEVER,
}


def pin_policy(slot: Slot) -> PinPolicy:
    """The standard's access rule for the private key of a slot.

    Spec: SP 800-73-4, part 1, table 4b.
    """
    return _POLICIES.get(slot, PinPolicy.ONCE)
