"""Storage cards by the ATRs that contactless readers make for them."""

from __future__ import annotations

import pytest

from vcard.atr import historical
from vcard.atr.storage_card import NAMES, STANDARDS, is_storage_card

CARD = "804F0CA000000306{}00000000"


@pytest.mark.parametrize(
    ("middle", "standard", "card"),
    [
        ("030001", "ISO/IEC 14443 A, part 3", "MIFARE Classic 1K"),
        ("030002", "ISO/IEC 14443 A, part 3", "MIFARE Classic 4K"),
        ("030003", "ISO/IEC 14443 A, part 3", "MIFARE Ultralight"),
        ("070006", "ISO/IEC 14443 B, part 3", "SR176"),
        ("0B0014", "ISO/IEC 15693, part 3", "ICODESLI"),
        ("11003B", "FeliCa", "FeliCa"),
        ("03003A", "ISO/IEC 14443 A, part 3", "MIFARE Ultralight C"),
        ("040005", "reserved", "reserved"),
        ("00F004", "no information", "reserved"),
    ],
)
def test_standard_and_name_are_told(middle: str, standard: str, card: str) -> None:
    raw = bytes.fromhex(CARD.format(middle))
    lines = historical.explain(raw, 4)
    told = {line.name: line.text for line in lines}
    assert (told["standard"], told["card"]) == (standard, card)
    assert told["RID"] == "PC/SC Workgroup"
    assert b"".join(line.raw for line in lines) == raw
    assert [line.offset for line in lines] == [4, 5, 7, 12, 13, 15]


def test_other_historical_bytes_are_no_storage_cards() -> None:
    right = bytes.fromhex(CARD.format("030001"))
    assert is_storage_card(right)
    assert not is_storage_card(right[:-1])
    assert not is_storage_card(right.replace(b"\x03\x06", b"\x03\x97"))
    assert not is_storage_card(bytes(15))


def test_reserved_bytes_that_are_not_zero_are_told() -> None:
    raw = bytes.fromhex(CARD.format("030001")[:-2] + "68")
    assert historical.explain(raw)[-1].text == "0 by the standard"


def test_numbers_are_those_of_the_supplement() -> None:
    assert (NAMES[0x1B], NAMES[0x26], NAMES[0x2F], NAMES[0x35], NAMES[0x3C]) == (
        "PicoPass 16K(8x2)", "MIFARE Mini", "Jewel Tag", "i-Code SL2",
        "Melexis Sensor Tag (MLX90129)",
    )  # fmt: skip
    assert 0x05 not in NAMES
    assert 0x04 not in STANDARDS
