"""The ATR that a contactless reader makes for a storage card, which has none.

Spec: PC/SC Part 3, 3.1.3.2.3 (ATR of storage cards), and its supplement (standards, names).
"""

from __future__ import annotations

from ..explanation import Line

RID = bytes.fromhex("A000000306")
"""The PC/SC Workgroup's registered application provider identifier."""
_BEGINNING = b"\x80\x4f\x0c" + RID
LENGTH = 15

STANDARDS = {
    0x00: "no information",
    0x01: "ISO/IEC 14443 A, part 1",
    0x02: "ISO/IEC 14443 A, part 2",
    0x03: "ISO/IEC 14443 A, part 3",
    0x05: "ISO/IEC 14443 B, part 1",
    0x06: "ISO/IEC 14443 B, part 2",
    0x07: "ISO/IEC 14443 B, part 3",
    0x09: "ISO/IEC 15693, part 1",
    0x0A: "ISO/IEC 15693, part 2",
    0x0B: "ISO/IEC 15693, part 3",
    0x0C: "ISO/IEC 15693, part 4",
    0x0D: "ISO/IEC 7816-10, I2C bus",
    0x0E: "ISO/IEC 7816-10, extended I2C bus",
    0x0F: "ISO/IEC 7816-10, two-wire bus",
    0x10: "ISO/IEC 7816-10, three-wire bus",
    0x11: "FeliCa",
}
_NAMES = (
    "not named", "MIFARE Classic 1K", "MIFARE Classic 4K", "MIFARE Ultralight", "SLE55R_XXXX", "",
    "SR176", "SRI X4K", "AT88RF020", "AT88SC0204CRF", "AT88SC0808CRF", "AT88SC1616CRF",
    "AT88SC3216CRF", "AT88SC6416CRF", "SRF55V10P", "SRF55V02P", "SRF55V10S", "SRF55V02S", "TAG_IT",
    "LRI512", "ICODESLI", "TEMPSENS", "I.CODE1", "PicoPass 2K", "PicoPass 2KS", "PicoPass 16K",
    "PicoPass 16Ks", "PicoPass 16K(8x2)", "PicoPass 16KS(8x2)", "PicoPass 32KS(16+16)",
    "PicoPass 32KS(16+8x2)", "PicoPass 32KS(8x2+16)", "PicoPass 32KS(8x2+8x2)", "LRI64",
    "I.CODE UID", "I.CODE EPC", "LRI12", "LRI128", "MIFARE Mini", "my-d move (SLE 66R01P)",
    "my-d NFC (SLE 66RxxP)", "my-d proximity 2 (SLE 66RxxS)",
    "my-d proximity enhanced (SLE 55RxxE)", "my-d light (SRF 55V01P)",
    "PJM Stack Tag (SRF 66V10ST)", "PJM Item Tag (SRF 66V10IT)", "PJM Light (SRF 66V01ST)",
    "Jewel Tag", "Topaz NFC Tag",
    "AT88SC0104CRF", "AT88SC0404CRF", "AT88RF01C", "AT88RF04C", "i-Code SL2", "MIFARE Plus SL1 2K",
    "MIFARE Plus SL1 4K", "MIFARE Plus SL2 2K", "MIFARE Plus SL2 4K", "MIFARE Ultralight C",
    "FeliCa", "Melexis Sensor Tag (MLX90129)",
)  # fmt: skip
NAMES = {number: name for number, name in enumerate(_NAMES) if name}
"""The names of cards by their numbers."""


def is_storage_card(raw: bytes) -> bool:
    """Whether historical bytes are those of a storage card: 15 bytes with the Workgroup's RID."""
    return len(raw) == LENGTH and raw.startswith(_BEGINNING)


def explain(raw: bytes, offset: int = 0) -> list[Line]:
    """A line for each part of a storage card's historical bytes, which begin at `offset`."""
    number = int.from_bytes(raw[9:11], "big")
    parts = (
        (0, 1, "category", "compact TLV, with a status indicator if there is one", 0),
        (1, 3, "storage card", "a reader made this ATR (PC/SC Part 3): the AID has 12 bytes", 1),
        (3, 8, "RID", "PC/SC Workgroup", 1),
        (8, 9, "standard", STANDARDS.get(raw[8], "reserved"), 1),
        (9, 11, "card", NAMES.get(number, "reserved"), 1),
        (11, 15, "reserved", "0 by the standard" if any(raw[11:]) else "as the standard has it", 1),
    )
    return [
        Line(offset + at, raw[at:end], name, text, depth) for at, end, name, text, depth in parts
    ]
