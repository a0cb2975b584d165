from functools import reduce
from operator import xor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard.exclusive_or import exclusive_or, mixed


@given(st.binary(max_size=300))
def test_long_and_short_strings_are_combined_byte_by_byte(raw):
    assert exclusive_or(raw) == reduce(xor, raw, 0)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("", 0), ("87800180657663617264", 0x81), ("FF1011", 0xFE), ("00C0020020", 0xE2)],
)
def test_the_code_of_an_example_is_known(raw, code):
    assert exclusive_or(bytes.fromhex(raw)) == code


def test_two_strings_are_combined_byte_by_byte() -> None:
    assert mixed(b"\x0f\xf0", b"\xff\xff") == b"\xf0\x0f"
    assert mixed(b"", b"") == b""
    with pytest.raises(ValueError, match="2 bytes cannot be combined with 1"):
        mixed(b"ab", b"a")
