"""The declaration of the GlobalPlatform card: options, names, commands that carry keys."""

from __future__ import annotations

from typing import Any

from applets.shared.card_kind import CardKind, Names
from applets.shared.options import ATR, Option, choice, hexadecimal, number, switch, text
from vcard.secret import SecretCommand

from .codes import GENERATE_KEY, ISD_AID, PUT_KEY

SCP = choice(
    "scp",
    "the secure channel protocols",
    {"02": (2,), "03": (3,), "both": (3, 2)},
    (3, 2),
    example="scp=03",
)
I_PARAMETER = hexadecimal(
    "i",
    "the parameter of the protocol, if there is one; 55 for SCP02 and 70 for SCP03",
    shortest=1,
    longest=1,
    example="i=60",
)
KEYS = hexadecimal(
    "keys",
    "the first keys: one key for all three, or ENC, MAC and DEK concatenated; 40..4F",
    shortest=16,
    longest=96,
    example="keys=404142434445464748494A4B4C4D4E4F",
)
KVN = number("kvn", "the version of the first keys; 32 for SCP02 and 48 for SCP03", 0, high=255)
SCP11 = switch("scp11", "a key pair for SCP11b, version 1")
BARE = switch("bare", "data objects without their outer tags, as on a YubiKey")
TRIES = number(
    "tries", "failed session openings until keys are blocked; 0 for no limit", 0, high=255
)
APPLETS = text("with", "more applets on the card, separated by commas", example="with=hello")
LOADABLE = text(
    "load", "applets that a load file may name, separated by commas", example="load=pin-dump"
)
OPTIONS: tuple[Option[Any], ...] = (
    SCP, I_PARAMETER, KEYS, KVN, SCP11, BARE, TRIES, APPLETS, LOADABLE, ATR,
)  # fmt: skip

KIND = CardKind(
    "globalplatform",
    "A GlobalPlatform card: an Issuer Security Domain with SCP02, SCP03 and SCP11.",
    factory="applets.globalplatform.cards:create",
    options=OPTIONS,
    names=Names(
        {ISD_AID: "card manager (ISD)"},
        instructions={GENERATE_KEY: "GENERATE KEY"},
        tags={0xE3: "registry entry"},
    ),
    secrets=(SecretCommand(PUT_KEY),),
    extra="crypto",
)
