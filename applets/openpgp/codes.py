"""The code spaces of the OpenPGP card: instructions, references, tags.

Spec: OpenPGP Smart Card Application 3.4, 4.4 (data objects), 7.1 (usage of ISO standard commands).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

PREFIX = bytes.fromhex("D27600012401")
"""The RID of FSF Europe and the PIX of OpenPGP; version, manufacturer and serial number follow."""

DEFAULT_PW1, DEFAULT_PW3 = "123456", "12345678"
"""The factory passwords; a resetting code is not set."""


class Ins(IntEnum):
    """Instructions."""

    VERIFY = 0x20
    MANAGE_SECURITY_ENVIRONMENT = 0x22
    CHANGE_REFERENCE_DATA = 0x24
    PERFORM_SECURITY_OPERATION = 0x2A
    RESET_RETRY_COUNTER = 0x2C
    ACTIVATE_FILE = 0x44
    GENERATE_ASYMMETRIC_KEY_PAIR = 0x47
    GET_CHALLENGE = 0x84
    INTERNAL_AUTHENTICATE = 0x88
    SELECT_DATA = 0xA5
    GET_DATA = 0xCA
    GET_NEXT_DATA = 0xCC
    PUT_DATA = 0xDA
    PUT_KEY = 0xDB
    TERMINATE_DF = 0xE6
    GET_VERSION = 0xF1
    SET_PIN_RETRIES = 0xF2
    GET_ATTESTATION = 0xFB


class Password(IntEnum):
    """References of passwords: PW1 has two, with one value and one counter."""

    PW1_SIGNATURE = 0x81
    PW1 = 0x82
    PW3 = 0x83


class Tag(IntEnum):
    """Data objects that the card interprets."""

    AID = 0x4F
    NAME = 0x5B
    LOGIN = 0x5E
    CARDHOLDER = 0x65
    APPLICATION = 0x6E
    DISCRETIONARY = 0x73
    SECURITY_SUPPORT = 0x7A
    COUNTER = 0x93
    EXTENDED_CAPABILITIES = 0xC0
    PW_STATUS = 0xC4
    FINGERPRINTS = 0xC5
    CA_FINGERPRINTS = 0xC6
    TIMES = 0xCD
    SM_ENC, SM_MAC, SM_CONTAINER = 0xD1, 0xD2, 0xF4
    RESETTING_CODE = 0xD3
    AES_KEY = 0xD5
    KEY_INFORMATION = 0xDE
    KDF = 0xF9
    ALGORITHM_INFORMATION = 0xFA
    SM_CERTIFICATE = 0xFB
    ATTESTATION_CERTIFICATE = 0xFC
    PRIVATE_1, PRIVATE_2, PRIVATE_3, PRIVATE_4 = 0x0101, 0x0102, 0x0103, 0x0104
    LANGUAGES = 0x5F2D
    SEX = 0x5F35
    URL = 0x5F50
    HISTORICAL = 0x5F52
    CERTIFICATE = 0x7F21
    PUBLIC_KEY = 0x7F49
    LENGTHS = 0x7F66
    FEATURES = 0x7F74


class Origin(IntEnum):
    """The origin of a private key, as coded in DE."""

    NONE = 0
    GENERATED = 1
    IMPORTED = 2


class Uif(IntEnum):
    """User interaction flag: when a key requires a touch. The last two are Yubico's."""

    OFF = 0
    ON = 1
    PERMANENT = 2
    CACHED = 3
    CACHED_PERMANENT = 4


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for a key, and the tags of its data objects.

    `crt` is the control reference template that names it, `reference` its number in commands;
    `occurrence` is that of its certificate in 7F21, None if the certificate is elsewhere.
    """

    name: str
    crt: int
    reference: int
    attributes: int
    fingerprint: int
    ca_fingerprint: int
    time: int
    uif: int
    occurrence: int | None


SIGNATURE = Slot("SIG", 0xB6, 0x01, 0xC1, 0xC7, 0xCA, 0xCE, 0xD6, 2)
DECRYPTION = Slot("DEC", 0xB8, 0x02, 0xC2, 0xC8, 0xCB, 0xCF, 0xD7, 1)
AUTHENTICATION = Slot("AUT", 0xA4, 0x03, 0xC3, 0xC9, 0xCC, 0xD0, 0xD8, 0)
ATTESTATION = Slot("ATT", 0xB6, 0x81, 0xDA, 0xDB, 0xDC, 0xDD, 0xD9, None)
USER_SLOTS = (SIGNATURE, DECRYPTION, AUTHENTICATION)
SLOTS = (*USER_SLOTS, ATTESTATION)
