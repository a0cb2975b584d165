import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.ccid.pin_block import (
    Bits,
    BlockError,
    PinFormat,
    insert_pin,
    join_template,
    split_template,
)

ASCII8 = PinFormat.parse(0x82, 0x08, 0x00)


def test_the_format_bytes_are_read_bit_by_bit():
    assert PinFormat.parse(0x39, 0x49, 0x02) == PinFormat(
        coding=1, right=False, position=7, whole=True, size=9, length_bits=4, length_position=2
    )
    assert PinFormat.parse(0x8E, 0x88, 0x12) == PinFormat(
        coding=2, right=True, position=8, whole=False, size=8, length_bits=8, length_position=16
    )


def test_the_reserved_coding_is_refused():
    with pytest.raises(ValueError, match="3"):
        PinFormat.parse(0x83, 8, 0)


def test_a_block_has_room_for_so_many_digits():
    for format_bytes, room in [
        ((0x82, 8, 0), 8),
        ((0x81, 8, 0), 16),
        ((0x41, 0x48, 4), 14),
        ((0x82, 0, 0), None),
    ]:
        assert PinFormat.parse(*format_bytes).room == room


def test_a_pin_that_is_too_long_is_refused():
    with pytest.raises(BlockError, match="9 digits do not fit into 64 bits"):
        insert_pin(b"", "123456789", ASCII8)


def test_a_missing_data_field_is_filled_with_ones():
    assert insert_pin(b"", "1234", ASCII8) == b"1234" + b"\xff" * 4


def test_the_digits_win_over_an_overlapping_length():
    how = PinFormat.parse(0x82, 0x88, 0x00)
    assert insert_pin(b"", "1234", how)[:4] == b"1234"


def test_a_length_may_stand_behind_the_pin():
    how = PinFormat.parse(0x82, 0x84, 0x14)
    assert insert_pin(b"", "1234", how) == b"1234\x04"


def test_a_template_is_split_into_header_data_and_le():
    cases = [
        ("00200080", ("00200080", "", "")),
        ("0020008000", ("00200080", "", "")),
        ("002000800212", ("00200080", "12FF", "")),
        ("00200080021234", ("00200080", "1234", "")),
        ("0020008002123400", ("00200080", "1234", "00")),
    ]
    for template, parts in cases:
        assert split_template(bytes.fromhex(template)) == tuple(map(bytes.fromhex, parts))


@pytest.mark.parametrize(("template", "offset"), [("002000", 3), ("002000800112 0000", 6)])
def test_what_is_no_template_is_refused(template, offset):
    with pytest.raises(ValueError, match=f"offset {offset}:"):
        split_template(bytes.fromhex(template))


def test_a_command_has_room_for_255_bytes():
    assert join_template(b"\0\0\0\0", b"", b"\0") == bytes(5)
    with pytest.raises(BlockError):
        join_template(b"\0\0\0\0", bytes(256), b"")


@given(
    st.binary(max_size=40),
    st.text("0123456789", max_size=16),
    st.integers(0, 255).filter(lambda value: value & 3 != 3),
    st.integers(0, 255),
    st.integers(0, 31),
    st.integers(0, 20),
)
def test_any_format_keeps_what_it_does_not_overwrite(data, pin, fmt, block, length, base):
    how = PinFormat.parse(fmt, block, length)
    try:
        result = insert_pin(data, pin, how, base)
    except BlockError:
        assert how.size
        return
    assert len(result) >= len(data)
    assert result[:base] == data[:base].ljust(min(base, len(result)), b"\xff")
    again = insert_pin(result, pin, how, base)
    assert again == result


def test_no_more_bits_are_written_than_there_is_room_for():
    bits = Bits(b"\0\0\0")
    bits.write(0x1FF, 8, 8)
    assert bytes(bits) == b"\0\xff\0"
    bits.write(-1, 0, 4)
    assert bytes(bits) == b"\xf0\xff\0"
