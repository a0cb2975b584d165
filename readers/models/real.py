"""Models after real readers: the values and habits that their host drivers look at.

Names, ids and descriptors are those of the devices, so that a host driver applies the same
corrections and work-arounds as it would to the hardware.

Source of the values: the lists of descriptors that libccid publishes for its readers.
"""

from __future__ import annotations

from dataclasses import replace

from ..ccid.descriptor import Descriptor, Protocols, Voltage
from .model import Model, PinpadModel, Quirk
from .own import OWN_MODELS

V5 = Voltage.V5
_GEMALTO = Descriptor(
    bcdCCID=0x0100,
    dwFeatures=0x00010230,
    dwMaxCCIDMessageLength=271,
    bClassGetResponse=0x00,
    bClassEnvelope=0x00,
)
_SCM = Descriptor(
    bcdCCID=0x0100,
    bVoltageSupport=V5,
    dwMaximumClock=8000,
    dwDataRate=10753,
    dwMaxDataRate=344105,
    dwFeatures=0x000100BA,
    dwMaxCCIDMessageLength=270,
)

GEMALTO_PC_TWIN = Model(
    "Gemalto PC Twin Reader",
    vendor_name="Gemplus",
    product_name="USB SmartCard Reader",
    vendor_id=0x08E6,
    product_id=0x3437,
    bcd_device=0x0100,
    firmware="GemTwRC2-V2.01-GL04",
    descriptor=_GEMALTO,
    quirks=Quirk.GEMALTO_ESCAPES,
)
"""TPDU level; the protocol is its host's business."""

GEMALTO_CT30 = replace(
    GEMALTO_PC_TWIN,
    name="Gemalto IDBridge CT30",
    vendor_name="Gemalto",
    bcd_device=0x0200,
    descriptor=replace(_GEMALTO, bcdCCID=0x0101, dwMaximumClock=4800, dwMaxDataRate=825806),
    quirks=Quirk.GEMALTO_ESCAPES | Quirk.ZERO_LENGTH_PACKETS,
)
"""The release with the empty packets."""

_FIRMWARE_FEATURES = bytes.fromhex("021000026000000004000000 01040C 000000000000")
GEMALTO_PINPAD = Model(
    "Gemalto GemPC Pinpad",
    vendor_name="Gemplus",
    product_name="USB GemPCPinpad SmartCard Reader",
    vendor_id=0x08E6,
    product_id=0x3478,
    bcd_device=0x0211,
    firmware="GemPCPinpad-V2.11",
    descriptor=replace(
        _GEMALTO, bcdCCID=0x0110, dwMaxDataRate=500000, wLcdLayout=0x0210, bPINSupport=3
    ),
    pinpad=PinpadModel(min_digits=4, max_digits=12, conditions=2, verify_messages=frozenset({1})),
    quirks=Quirk.GEMALTO_ESCAPES,
    escapes=((b"\x6a", _FIRMWARE_FEATURES),),
)
"""One message for a verification, the validation key only; tells its firmware features."""

GEMALTO_PINPAD_V1 = replace(
    GEMALTO_PINPAD,
    name="Gemplus GemPC Pinpad",
    bcd_device=0x0100,
    firmware="GemPCPinpad-V1.00",
    descriptor=replace(GEMALTO_PINPAD.descriptor, bcdCCID=0x0100, wLcdLayout=0),
    quirks=Quirk.GEMALTO_ESCAPES | Quirk.THREE_INDEXES,
    escapes=(),
)
"""The first release: no display, and three message indexes whatever is asked for."""

SCM_SPR532 = Model(
    "SCM SPR 532",
    vendor_name="SCM Microsystems Inc.",
    product_name="SPRx32 USB Smart Card Reader",
    vendor_id=0x04E6,
    product_id=0xE003,
    bcd_device=0x0510,
    interface_class=0xFF,
    descriptor=replace(_SCM, bPINSupport=3),
    pinpad=PinpadModel(modify_messages=frozenset({0})),
    quirks=Quirk.THREE_INDEXES,
    escapes=((bytes.fromhex("800200"), b""),),
)
"""No standard class on USB; requires 80 02 00 before a PIN without a data field."""

CHERRY_ST2000 = replace(
    SCM_SPR532,
    name="Cherry SmartTerminal ST-2xxx",
    vendor_name="Cherry GmbH",
    product_name="SmartTerminal ST-2xxx",
    vendor_id=0x046A,
    product_id=0x003E,
    bcd_device=0x0601,
    interface_name="Vendor Interface",
    pinpad=PinpadModel(conditions=2, modify_messages=frozenset({0})),
    escapes=(),
)
"""The same inside, sold as a terminal."""

_OMNIKEY_RATES = (10752, 21505, 43010, 86021, 172043, 344086, 412903)
CHERRY_KC1000SC = Model(
    "Cherry KC 1000 SC",
    vendor_name="Cherry",
    product_name="KC 1000 SC",
    vendor_id=0x046A,
    product_id=0x00A1,
    bcd_device=0x0102,
    interface_name="KC 1000 SC",
    descriptor=Descriptor(
        dwDefaultClock=4800,
        dwMaximumClock=8000,
        bNumClockSupported=2,
        dwMaxDataRate=412903,
        bNumDataRatesSupported=len(_OMNIKEY_RATES),
        dwFeatures=0x000407BA,
        dwMaxCCIDMessageLength=271,
        bPINSupport=3,
    ),
    pinpad=PinpadModel(modify_messages=frozenset({1, 2, 3, 0xFF})),
    data_rates=_OMNIKEY_RATES,
    clock_frequencies=(4800, 8000),
)
"""A keyboard whose digits are the PIN pad; extended APDUs in pieces."""

SCM_SCR331_DI = Model(
    "SCM SCR 331-DI",
    vendor_name="SCM Microsystems Inc.",
    product_name="SCR331-DI USB Smart Card Reader",
    vendor_id=0x04E6,
    product_id=0x5111,
    bcd_device=0x0632,
    interface_class=0xFF,
    descriptor=replace(
        _SCM,
        bMaxSlotIndex=1,
        dwMaximumClock=12000,
        dwMaxIFSD=252,
        dwMaxCCIDMessageLength=263,
    ),
)
"""Two slots that take turns, and a message length that its host must not believe."""

SIM_T0 = Model(
    "Eutron SIM Pocket Combo",
    vendor_name="Eutron",
    product_name="SIM Reader",
    vendor_id=0x073D,
    product_id=0x0C00,
    bcd_device=0x0108,
    descriptor=replace(
        _GEMALTO, dwProtocols=Protocols.T0, dwMaxDataRate=344068, dwFeatures=0x00010330
    ),
)
"""A SIM reader at TPDU level that knows T=0 only."""

ACR122U = Model(
    "ACS ACR122U PICC Interface",
    vendor_name="ACS",
    product_name="ACR122U PICC Interface",
    vendor_id=0x072F,
    product_id=0x2200,
    bcd_device=0x0207,
    descriptor=Descriptor(
        bcdCCID=0x0100,
        dwProtocols=Protocols.T1,
        dwMaxDataRate=250000,
        dwMaxIFSD=256,
        dwFeatures=0x00020040,
        dwMaxCCIDMessageLength=271,
        bClassGetResponse=0x00,
        bClassEnvelope=0x00,
    ),
    quirks=Quirk.PSEUDO_APDU | Quirk.ACR122U,
)
"""Contactless: short APDUs, FF CA for UID and ATS, FF 00 for LEDs, buzzer, firmware, polling."""

_SECODER_INFO = (
    b"\x40\x05vcard"
    + b"\x80\x051.1.0"
    + b"\x81\x040.30"
    + b"\x83\x02de"
    + b"\x84\x02de"
    + b"\x90\x00"
)
_SECODER_SELECT = (
    b"\0\0\0\1" + b"\x80\x051.1.0" + b"\x84\x02de" + b"\x90\x01\x01" + b"\x85\x03gkp" + b"\x90\x00"
)
KOBIL_MIDENTITY = Model(
    "KOBIL mIDentity visual",
    vendor_name="KOBIL Systems",
    product_name="mIDentity 4smart",
    vendor_id=0x0D46,
    product_id=0x4289,
    bcd_device=0x0030,
    descriptor=Descriptor(
        bVoltageSupport=V5 | Voltage.V3,
        dwDefaultClock=4615,
        dwMaximumClock=4615,
        dwDataRate=12407,
        dwMaxDataRate=397024,
        dwFeatures=0x000406BA,
        dwMaxCCIDMessageLength=512,
        wLcdLayout=0x0210,
        bPINSupport=3,
    ),
    quirks=Quirk.PPDU,
    escapes=(
        (b"\x20", b"\x6d\x00"),
        (b"\x20\x70", _SECODER_INFO),
        (b"\x20\x71", _SECODER_SELECT),
    ),
)
"""A banking reader: MCT commands (20 70, 20 71) by Escape, the PIN pad by FF C2 01 as well."""

YUBIKEY = Model(
    "Yubico YubiKey OTP+FIDO+CCID",
    vendor_name="Yubico",
    product_name="YubiKey OTP+FIDO+CCID",
    vendor_id=0x1050,
    product_id=0x0407,
    bcd_device=0x0572,
    descriptor=Descriptor(
        bcdCCID=0x0100,
        dwProtocols=Protocols.T1,
        dwDefaultClock=4000,
        dwMaximumClock=4000,
        dwDataRate=307200,
        dwMaxDataRate=307200,
        dwMaxIFSD=3062,
        dwFeatures=0x000400FE,
        dwMaxCCIDMessageLength=3072,
    ),
    quirks=Quirk.NO_CLOCK_FREQUENCIES | Quirk.NO_DATA_RATES,
    built_in=True,
)
"""A token: reader and card in one."""

REAL_MODELS: dict[str, Model] = {
    "gemalto-pc-twin": GEMALTO_PC_TWIN,
    "gemalto-ct30": GEMALTO_CT30,
    "gemalto-pinpad": GEMALTO_PINPAD,
    "gemalto-pinpad-v1": GEMALTO_PINPAD_V1,
    "scm-spr532": SCM_SPR532,
    "scm-scr331-di": SCM_SCR331_DI,
    "cherry-st2000": CHERRY_ST2000,
    "cherry-kc1000sc": CHERRY_KC1000SC,
    "sim-t0": SIM_T0,
    "acr122u": ACR122U,
    "kobil-midentity": KOBIL_MIDENTITY,
    "yubikey": YUBIKEY,
}
"""The models by their names on the command line."""

MODELS: dict[str, Model] = OWN_MODELS | REAL_MODELS
"""Every model, ours included, by its name on the command line."""
