import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.shared import der


@given(st.integers(0, 1 << 80))
def test_an_integer_is_read_back(value):
    assert der.number(der.integer(value)) == value


def test_an_integer_of_80_and_more_has_a_leading_zero():
    assert der.integer(0x80) == b"\x00\x80"
    assert der.integer(0) == b"\x00"


def test_an_integer_without_contents_is_a_value_error():
    with pytest.raises(ValueError, match="INTEGER"):
        der.number(b"")


@given(st.sets(st.integers(0, 40)))
def test_named_bits_are_read_back(positions):
    assert der.positions(der.bits(*positions)) == positions


def test_named_bits_carry_the_count_of_unused_ones():
    assert der.bits(0).hex() == "0780"
    assert der.bits(0, 1, 2).hex() == "05e0"
    assert der.bits(9).hex() == "060040"


@pytest.mark.parametrize("raw", ["", "0880", "01"])
def test_a_malformed_bit_string_is_a_value_error(raw):
    with pytest.raises(ValueError, match="BIT STRING"):
        der.positions(bytes.fromhex(raw))
