"""The declaration of the SIM card: options, names."""

from __future__ import annotations

from applets.globalplatform.kind import I_PARAMETER, KEYS, KVN, LOADABLE, SCP, TRIES
from applets.shared.card_kind import CardKind, Names
from applets.shared.options import PROTOCOL, Disk, choice, from_file, hexadecimal, switch, text

ICCID = text("iccid", "the card's number, 18 to 20 digits", example="iccid=8949000000000000018")
IMSI = text("imsi", "the subscriber's number, 6 to 15 digits", example="imsi=001010000000001")
K = hexadecimal("k", "the subscriber's key (K, or Ki)", shortest=16, longest=32)
OPC = hexadecimal("opc", "the operator's value (OPc, or TOPc)", shortest=16, longest=32)
ALGORITHM = text("algorithm", "milenage, tuak or xor_test", example="algorithm=tuak")
PROVIDER = text("provider", "the operator's name", example="provider=Test")
ISIM = switch("isim", "an ISIM beside the USIM")
PIN = text("pin", "PIN 1, up to 8 digits", example="pin=0000")
PIN_ENABLED = switch("pin_enabled", "PIN 1 is enabled")
PUK = text("puk", "the PUK of PIN 1, 8 digits", example="puk=12345678")
ADM = text("adm", "the administrator's key, up to 8 digits", example="adm=55555555")

PIN2 = text("pin2", "PIN 2 of the USIM, up to 8 digits", example="pin2=9999")
PUK2 = text("puk2", "the PUK of PIN 2, 8 digits", example="puk2=98765432")
ISIM_K = hexadecimal("isim_k", "the ISIM's own key, if it has one", shortest=16, longest=32)
ISIM_OPC = hexadecimal("isim_opc", "the ISIM's own operator value", shortest=16, longest=32)
ISIM_PIN2 = text("isim_pin2", "PIN 2 of the ISIM, if different", example="isim_pin2=1111")

SETTINGS = (
    ICCID,
    IMSI,
    K,
    OPC,
    ALGORITHM,
    PROVIDER,
    ISIM,
    PIN,
    PIN_ENABLED,
    PUK,
    ADM,
    PIN2,
    PUK2,
    ISIM_K,
    ISIM_OPC,
    ISIM_PIN2,
)
"""The settings of a subscription, by their names in a TOML file."""


def _toml(name: str, disk: Disk) -> dict[str, str]:
    return {"profile": disk.text(name)}


def _dump(name: str, disk: Disk) -> dict[str, str]:
    return {"from": disk.text(name)}


PROFILE = from_file(
    text(
        "profile",
        "the subscription: a TOML file with these settings and more files; options override it",
        example="profile=own.toml",
    ),
    _toml,
)

FROM = from_file(
    text(
        "from",
        "a card as pySim read it: a file from its fsdump or export; keys and PINs are those "
        "of the other options",
        example="from=card.json",
    ),
    _dump,
)
MODEL = choice(
    "model",
    "a real model: its answer to reset, and its key files, which pySim programs; gr1 is one of 2G "
    "alone",
    {name: name for name in ("none", "gr1", "sja2", "sja5")},
    "none",
    example="model=sja5",
)
OTA_KEYS = hexadecimal(
    "ota_keys",
    "the keys for packets by short message, version 1 (Triple DES) and 2 (AES): KIc, KID and KIK "
    "one after another, or one for all; 40..4F",
    shortest=16,
    longest=96,
    example="ota_keys=404142434445464748494A4B4C4D4E4F",
)
LEVEL = hexadecimal(
    "msl",
    "the minimum security level of packets, as the first byte of the SPI; 00: none",
    shortest=1,
    longest=1,
    example="msl=12",
)

DOMAIN = (SCP, I_PARAMETER, KEYS, KVN, TRIES, LOADABLE, OTA_KEYS, LEVEL)
"""The options of the card's security domain, those of the card `globalplatform`."""

KIND = CardKind(
    "sim",
    "A USIM, an ISIM and the 2G class on a plain UICC, as specified by 3GPP.",
    factory="applets.sim.cards:create",
    options=(*SETTINGS, PROFILE, FROM, MODEL, PROTOCOL, *DOMAIN),
    names=Names(
        aids={
            bytes.fromhex("A0000000871002"): "USIM",
            bytes.fromhex("A0000000871004"): "ISIM",
            bytes.fromhex("A00000015141434C00"): "ARA-M",
        },
        instructions={
            0x32: "INCREASE",
            0x76: "SUSPEND UICC",
            0x78: "GET IDENTITY",
            0xD4: "RESIZE FILE",
        },
    ),
    extra="crypto",
)
