from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.class_byte import CLASS_BYTES, class_byte


@given(st.sampled_from([0x00, 0x80]), st.integers(0, 19), st.booleans())
def test_what_is_written_is_read_back(base: int, channel: int, chained: bool) -> None:
    read = CLASS_BYTES[class_byte(base, channel, chained=chained)]
    assert (read.base, read.channel, read.chained, read.secure) == (base, channel, chained, False)
    assert read.valid


@pytest.mark.parametrize("channel", [-1, 20])
def test_there_are_twenty_channels(channel: int) -> None:
    with pytest.raises(ValueError, match=r"0\.\.19"):
        class_byte(0, channel)


def test_both_forms_name_their_channel() -> None:
    for cla, base, channel in [
        (0x00, 0, 0),
        (0x03, 0, 3),
        (0x40, 0, 4),
        (0x4F, 0, 19),
        (0x81, 0x80, 1),
        (0xCF, 0x80, 19),
    ]:
        assert (CLASS_BYTES[cla].base, CLASS_BYTES[cla].channel) == (base, channel)


def test_secure_messaging_is_seen_in_both_forms() -> None:
    for cla in [0x04, 0x0C, 0x84, 0x60, 0xE3]:
        assert CLASS_BYTES[cla].secure


def test_reserved_classes_are_not_valid() -> None:
    invalid = {cla for cla in range(256) if not CLASS_BYTES[cla].valid}
    assert invalid == {*range(0x20, 0x40), 0xFF}


@pytest.mark.parametrize("cla", [0xA0, 0xB0, 0xBF])
def test_a_class_without_channel_bits_is_its_own_base(cla: int) -> None:
    assert CLASS_BYTES[cla].base == cla
    assert CLASS_BYTES[cla].channel == 0


def test_classes_without_channel_bits_are_no_chain_and_not_secured():
    """Neither 20..3F, which are reserved, nor A0..BF: their lower bits mean something else."""
    for cla in (*range(0x20, 0x40), *range(0xA0, 0xC0), 0xFF):
        read = CLASS_BYTES[cla]
        assert (read.channel, read.chained, read.secure) == (0, False, False), hex(cla)


def test_nothing_is_chained_unless_it_is_said() -> None:
    assert [class_byte(0x80, channel) for channel in (0, 3, 4)] == [0x80, 0x83, 0xC0]
