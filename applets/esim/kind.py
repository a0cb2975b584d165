"""The declaration of the eSIM card: options, names."""

from __future__ import annotations

from datetime import datetime

from applets.shared.card_kind import CardKind, Names
from applets.shared.options import (
    PROTOCOL,
    Disk,
    Option,
    choice,
    from_files,
    hexadecimal,
    in_folder,
    number,
    switch,
    text,
)

EMPTY = switch("empty", "no profiles")
MEP = choice(
    "mep",
    "multiple enabled profiles: interfaces 0 to 2, both profiles enabled on 1 and 2",
    {name: name for name in ("none", "a1", "a2", "b")},
    "none",
)
STRICT = switch(
    "strict",
    "multiple enabled profiles exactly as specified: ports named, interfaces configured first",
)
LENIENT = switch("lenient", "accept malformed requests whose meaning can be guessed")
SVN = choice(
    "svn",
    "the version of SGP.22 that the card claims, with its error codes; 2.2.2, or 3.1 with `mep`",
    {name: name for name in ("2.2.2", "2.5", "3.1")},
    "",
)
IOT = choice(
    "iot",
    "an eUICC for the Internet of Things, managed by eIMs: the version of SGP.32, by default 1.2",
    {"1.0": "1.0", "1.2": "1.2", "": "1.2"},
    None,
    example="iot",
)
PROACTIVE = switch("proactive", "91xx and REFRESH when profiles change")
EID = text("eid", "the EID, 32 digits; by default that of the certificate or the fleet")
NUMBER = number("number", "the card's number in a fleet, which determines its EID", 1)

_CHAIN = (
    "CertificateIssuer/CERT_CI_ECDSA_NIST.pem",
    "EUM/CERT_EUM_ECDSA_NIST.pem",
    "eUICC/CERT_EUICC_ECDSA_NIST.pem",
    "eUICC/SK_EUICC_ECDSA_NIST.pem",
)
"""The files that a card needs from a folder made by `vcard esim pki`."""


def _chain(folder: str, disk: Disk) -> dict[str, str]:
    return {"pki": "".join(disk.text(f"{folder}/{name}") for name in _CHAIN)}


def _profiles(names: str, disk: Disk) -> dict[str, str]:
    return {"profile": "\f".join(_profile(name, disk) for name in names.split(","))}


def _profile(name: str, disk: Disk) -> str:
    """TOML as it is; a package, which is binary, in hexadecimal."""
    return disk.text(name) if name.endswith(".toml") else disk.content(name).hex()


def _moment(given: str) -> datetime:
    found = datetime.fromisoformat(given)
    if found.tzinfo is not None:
        raise ValueError(given)
    return found


PKI = in_folder(
    text("pki", "the card's part of a hierarchy of `vcard esim pki`", example="pki=certs"),
    _chain,
)
PROFILE = from_files(
    text(
        "profile",
        "the first profiles, instead of the two: TOML files and profile packages (DER), "
        "separated by commas",
        example="profile=own.toml,package.der",
    ),
    _profiles,
)
ISDR_KEYS = hexadecimal(
    "isdr_keys",
    "SCP03 keys for the ISD-R: one key for all three, or ENC, MAC and DEK concatenated",
    shortest=16,
    longest=96,
    example="isdr_keys=404142434445464748494A4B4C4D4E4F",
)
ISDR_KVN = number("isdr_kvn", "the version of these keys", 0x30, low=0x30, high=0x3F)
NOW: Option[datetime | None] = Option(
    "now",
    "the date for checking certificates; without it they do not expire",
    "moment",
    None,
    _moment,
    "a date, or a date and time in UTC without a zone",
    example="now=2030-06-01T12:00",
)

_TAGS = {
    0xE3: "profile",
    0xBF20: "eUICC info 1",
    0xBF22: "eUICC info 2",
    0xBF2D: "profile list",
    0xBF2E: "eUICC challenge",
    0xBF31: "enable profile",
    0xBF32: "disable profile",
    0xBF33: "delete profile",
    0xBF36: "bound profile package",
    0xBF37: "installation result",
    0xBF38: "authenticate server",
    0xBF3C: "configured addresses",
    0xBF3E: "EID",
    0xBF51: "eUICC package",
    0xBF55: "eIM configuration",
    0xBF56: "certificates",
    0xBF57: "initial eIM",
    0xBF58: "profile rollback",
    0xBF59: "immediate enabling",
    0xBF5A: "enable immediately",
    0xBF5D: "fallback",
    0xBF5E: "return from fallback",
    0xBF64: "memory reset",
    0xBF65: "default SM-DP+",
}  # fmt: skip

KIND = CardKind(
    "esim",
    "An eUICC of GSMA SGP.22 with an enabled and a disabled profile.",
    factory="applets.esim.cards:create",
    options=(
        EMPTY,
        MEP,
        STRICT,
        LENIENT,
        SVN,
        IOT,
        PROACTIVE,
        EID,
        NUMBER,
        NOW,
        PKI,
        PROFILE,
        PROTOCOL,
        ISDR_KEYS,
        ISDR_KVN,
    ),
    names=Names(
        aids={
            bytes.fromhex("A0000005591010FFFFFFFF8900000100"): "ISD-R",
            bytes.fromhex("A0000005591010FFFFFFFF8900000200"): "ECASD",
            bytes.fromhex("A0000005591010FFFFFFFF89"): "ISD-P",
        },
        instructions={0x7C: "MANAGE LSI"},
        tags=_TAGS,
    ),
    extra="esim",
)
