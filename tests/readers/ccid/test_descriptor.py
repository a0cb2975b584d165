import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.descriptor import (
    WIDTHS,
    Descriptor,
    ExchangeLevel,
    Features,
    Mechanical,
    Protocols,
    Voltage,
)

# A TPDU reader: one slot, 5/3/1.8 V, T=0 and T=1, 4 MHz, 271-byte messages, no display, no PIN pad.
TPDU_READER = bytes.fromhex(
    "36 21 1001 00 07 03000000 A00F0000 A00F0000 00 002A0000 18400500 00"
    "FE000000 00000000 00000000 30020100 0F010000 FF FF 0000 00 01"
)


def test_the_54_bytes_are_read_field_by_field():
    descriptor = Descriptor.parse(TPDU_READER)
    assert descriptor == Descriptor(
        dwMaxDataRate=0x54018, dwFeatures=0x10230, dwMaxCCIDMessageLength=271
    )
    assert bytes(descriptor) == TPDU_READER
    assert descriptor.exchange_level is ExchangeLevel.TPDU
    assert descriptor.has(Features.AUTO_CLOCK | Features.NAD)
    assert not descriptor.has(Features.AUTO_CLOCK | Features.AUTO_PPS)


def test_slots_and_display_are_told():
    descriptor = Descriptor(bMaxSlotIndex=4, wLcdLayout=0x0210)
    assert (descriptor.slots, descriptor.lcd) == (5, (2, 16))


def test_the_highest_exchange_level_counts():
    cases = [
        (0x000000BA, ExchangeLevel.CHARACTER),
        (0x000200BA, ExchangeLevel.SHORT_APDU),
        (0x000400BA, ExchangeLevel.EXTENDED_APDU),
        (0x000600BA, ExchangeLevel.EXTENDED_APDU),
    ]
    for features, level in cases:
        assert Descriptor(dwFeatures=features).exchange_level is level


def test_other_bytes_are_refused():
    for raw, offset in [
        (b"", 0),
        (TPDU_READER[:-1], 0),
        (b"\x35" + TPDU_READER[1:], 0),
        (b"6" * 54, 1),
    ]:
        with pytest.raises(ValueError, match=f"offset {offset}:"):
            Descriptor.parse(raw)


@given(st.binary(min_size=52, max_size=52))
def test_any_descriptor_reads_back(tail):
    raw = b"\x36\x21" + tail
    assert bytes(Descriptor.parse(raw)) == raw


def test_the_flags_have_the_bits_of_the_specification():
    """Spec: USB CCID 1.1, table 5.1-1."""
    assert [flag.value for flag in Voltage] == [1, 2, 4]
    assert [flag.value for flag in Protocols] == [1, 2]
    assert [flag.value for flag in Mechanical] == [1, 2, 4, 8]


def test_every_field_has_a_width():
    assert len(WIDTHS) == 20
    assert sum(WIDTHS.values()) == 8 * (Descriptor.size - 2)
    assert (WIDTHS["bcdCCID"], WIDTHS["dwFeatures"], WIDTHS["bPINSupport"]) == (16, 32, 8)


@pytest.mark.parametrize("name", WIDTHS)
def test_what_does_not_fit_into_a_field_is_refused_by_its_name(name):
    most = (1 << WIDTHS[name]) - 1
    assert getattr(Descriptor(**{name: most}), name) == most
    for value in (-1, most + 1):
        with pytest.raises(ValueError, match=f"{name} has {WIDTHS[name]} bits"):
            Descriptor(**{name: value})
