"""Names for people: commands, applications, tags, PC/SC control codes.

What the built-in cards call their own is declared by them, and found in the catalogue; here are the
names of the standards, and of applications on cards of others.

Specs: ISO/IEC 7816-4, 5.6; ETSI TS 102 221, 10.1.2; GlobalPlatform Card Specification 2.3, 11;
GSMA SGP.22, 5.7; PC/SC Part 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from applets import catalogue
from vcard.command import CLASS_BYTES

INTERINDUSTRY: Mapping[int, str] = {
    0x04: "DEACTIVATE FILE", 0x0C: "ERASE RECORD", 0x0E: "ERASE BINARY", 0x10: "PERFORM SCQL",
    0x20: "VERIFY", 0x21: "VERIFY (TLV)", 0x22: "MANAGE SECURITY ENVIRONMENT",
    0x24: "CHANGE REFERENCE DATA", 0x26: "DISABLE VERIFICATION", 0x28: "ENABLE VERIFICATION",
    0x2A: "PERFORM SECURITY OPERATION", 0x2C: "RESET RETRY COUNTER", 0x44: "ACTIVATE FILE",
    0x46: "GENERATE KEY PAIR", 0x47: "GENERATE KEY PAIR (TLV)", 0x70: "MANAGE CHANNEL",
    0x75: "EXCHANGE CAPABILITIES", 0x76: "SUSPEND UICC", 0x82: "EXTERNAL AUTHENTICATE",
    0x84: "GET CHALLENGE", 0x86: "GENERAL AUTHENTICATE", 0x87: "GENERAL AUTHENTICATE (TLV)",
    0x88: "INTERNAL AUTHENTICATE", 0x89: "AUTHENTICATE (TLV)", 0xA0: "SEARCH BINARY",
    0xA2: "SEARCH RECORD", 0xA4: "SELECT", 0xB0: "READ BINARY", 0xB1: "READ BINARY (TLV)",
    0xB2: "READ RECORD", 0xC0: "GET RESPONSE", 0xC2: "ENVELOPE", 0xCA: "GET DATA",
    0xCB: "GET DATA (TLV)", 0xD0: "WRITE BINARY", 0xD2: "WRITE RECORD", 0xD6: "UPDATE BINARY",
    0xD7: "UPDATE BINARY (TLV)", 0xDA: "PUT DATA", 0xDB: "PUT DATA (TLV)",
    0xDC: "UPDATE RECORD", 0xE0: "CREATE FILE", 0xE2: "APPEND RECORD", 0xE4: "DELETE FILE",
    0xE6: "TERMINATE DF", 0xE8: "TERMINATE EF", 0xFE: "TERMINATE CARD USAGE",
}  # fmt: skip

PROPRIETARY: Mapping[int, str] = {
    0x10: "TERMINAL PROFILE", 0x12: "FETCH", 0x14: "TERMINAL RESPONSE",
    0x50: "INITIALIZE UPDATE", 0x82: "EXTERNAL AUTHENTICATE",
    0x84: "GET CHALLENGE", 0xAA: "TERMINAL CAPABILITY", 0xC2: "ENVELOPE", 0xCA: "GET DATA",
    0xCB: "RETRIEVE DATA", 0xD8: "PUT KEY", 0xDB: "SET DATA", 0xE2: "STORE DATA",
    0xE4: "DELETE", 0xE6: "INSTALL", 0xE8: "LOAD", 0xF0: "SET STATUS", 0xF2: "STATUS",
}  # fmt: skip

PCSC_CLASS = 0xFF
"""Commands to the reader itself; a card never gets one (ISO/IEC 7816-4, 5.4.1: FF is invalid)."""

PCSC: Mapping[int, str] = {
    0x20: "VERIFY (storage card)", 0x82: "LOAD KEYS", 0x86: "GENERAL AUTHENTICATE (storage card)",
    0x88: "AUTHENTICATE (storage card)", 0xB0: "READ BINARY (storage card)", 0xC2: "PPDU",
    0xCA: "GET DATA (UID, ATS)", 0xD6: "UPDATE BINARY (storage card)",
}  # fmt: skip
"""Spec: PC/SC Part 3, 3.2.2 (storage cards); Part 10, 2.5.3 (PPDU)."""

AIDS: Mapping[str, str] = {
    "D27600012401": "OpenPGP",
    "A0000006472F0001": "FIDO",
    "A0000005272101": "OATH",
    "A000000527471117": "YubiKey management",
    "A000000527": "YubiKey",
    "A000000063504B43532D3135": "PKCS#15",
    "A000000003000000": "card manager",
    "A0000000871002": "USIM",
    "A0000000871004": "ISIM",
    "D2760000850101": "NDEF",
    "A0000002471001": "passport",
    "A0000000031010": "Visa",
    "A0000000041010": "Mastercard",
    "325041592E5359532E4444463031": "2PAY.SYS.DDF01",
    "315041592E5359532E4444463031": "1PAY.SYS.DDF01",
}

TAGS: Mapping[int, str] = {
    0x42: "issuer", 0x4F: "AID", 0x50: "label", 0x51: "path", 0x53: "discretionary data",
    0x5A: "ICCID or EID", 0x5C: "tag list", 0x5F24: "expiry date", 0x5F2F: "PIN usage policy",
    0x5F50: "URL", 0x61: "application template", 0x62: "FCP", 0x64: "FMD", 0x65: "cardholder",
    0x66: "card data", 0x6E: "application data", 0x6F: "FCI", 0x73: "discretionary template",
    0x7A: "security support", 0x7C: "dynamic authentication",
    0x79: "allocation authority", 0x7F49: "public key", 0x7F21: "certificate",
    0x84: "DF name", 0xA5: "proprietary", 0x9F7F: "CPLC", 0x9F70: "life cycle",
}  # fmt: skip
"""The tags that mean the same in most places; a context may know better."""

FEATURES: Mapping[int, str] = {
    0x01: "VERIFY_PIN_START", 0x02: "VERIFY_PIN_FINISH", 0x03: "MODIFY_PIN_START",
    0x04: "MODIFY_PIN_FINISH", 0x05: "GET_KEY_PRESSED", 0x06: "VERIFY_PIN_DIRECT",
    0x07: "MODIFY_PIN_DIRECT", 0x08: "MCT_READER_DIRECT", 0x09: "MCT_UNIVERSAL",
    0x0A: "IFD_PIN_PROPERTIES", 0x0B: "ABORT", 0x0C: "SET_SPE_MESSAGE",
    0x0F: "WRITE_DISPLAY", 0x10: "GET_KEY", 0x11: "IFD_DISPLAY_PROPERTIES",
    0x12: "GET_TLV_PROPERTIES", 0x13: "CCID_ESC_COMMAND", 0x20: "EXECUTE_PACE",
}  # fmt: skip

_CONTROL_BASE = 0x42000000
_CONTROL_CODES = {3400: "GET_FEATURE_REQUEST", 3600: "NAD", 1: "ESCAPE", 3500: "ESCAPE"}


def command_name(cla: int, ins: int) -> str:
    """The name of an instruction in its class; INS and its number if it has none.

    An instruction that means one thing in a standard and another on a card of ours has both.
    """
    if cla == PCSC_CLASS:
        return PCSC.get(ins) or f"INS {ins:02X} of PC/SC"
    base = CLASS_BYTES[cla].base
    if base != 0x80:
        return INTERINDUSTRY.get(ins) or f"INS {ins:02X}"
    names = PROPRIETARY.get(ins), catalogue.names().instructions.get(ins)
    return " or ".join(dict.fromkeys(filter(None, names))) or f"INS {ins:02X}"


def aid_name(aid: bytes) -> str | None:
    """The application that an AID or the beginning of one means, if it is known."""
    text, names = aid.hex().upper(), _aids()
    known = [prefix for prefix in names if text.startswith(prefix)]
    if not known and len(aid) >= 5:
        known = [prefix for prefix in names if prefix.startswith(text)]
    return names[max(known, key=len)] if known else None


@cache
def _aids() -> Mapping[str, str]:
    return {**AIDS, **{aid.hex().upper(): name for aid, name in catalogue.names().aids.items()}}


def tag_name(tag: int) -> str:
    """The name of a BER-TLV tag, or its hex digits."""
    text = f"{tag:02X}" if tag <= 0xFF else f"{tag:04X}"
    name = TAGS.get(tag) or catalogue.names().tags.get(tag)
    return f"{text} {name}" if name else text


def control_name(code: int) -> str:
    """The name of a dwControlCode."""
    number = code - _CONTROL_BASE
    if number in _CONTROL_CODES:
        return _CONTROL_CODES[number]
    if 0x330000 <= number <= 0x330020:
        return FEATURES.get(number - 0x330000, f"{code:08X}")
    return f"{code:08X}"
