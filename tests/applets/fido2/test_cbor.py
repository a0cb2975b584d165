import pytest
from fido2 import cbor as theirs
from hypothesis import given
from hypothesis import strategies as st

from applets.fido2.cbor import decode, encode
from applets.fido2.codes import CtapError, Status

LEAVES = st.one_of(
    st.integers(-(2**64), 2**64 - 1), st.binary(max_size=30), st.text(max_size=30), st.booleans()
)
KEYS = st.one_of(st.integers(-300, 300), st.text(max_size=5))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=6,
)


def refused(message: bytes) -> bool:
    with pytest.raises(CtapError) as error:
        decode(message)
    return error.value.status is Status.INVALID_CBOR


@given(VALUES)
def test_python_fido2_reads_and_writes_the_same(value):
    assert theirs.decode(encode(value)) == value
    if -(2**63) <= (value if isinstance(value, int) else 0) < 2**63:
        assert encode(value) == theirs.encode(value)


@given(st.binary(max_size=60))
def test_any_bytes_are_canonical_or_refused(message):
    try:
        value = decode(message)
    except CtapError:
        return
    assert encode(value) == message


NOT_CANONICAL = """
1801 | a number longer than needed
1900ff | a number longer than needed
5801ff | a length longer than needed
a2020101 01 | keys out of order
a201010101 | a key twice
a261610120 01 | text before a number
a2616101412f01 | text before bytes
5f4101ff | bytes of indefinite length
9f01ff | a list of indefinite length
bf0101ff | a map of indefinite length
c24101 | a tag
c1fb0000000000000000 | a tag
f93c00 | a float
fb3ff0000000000000 | a float
f6 | null
f7 | undefined
e0 | a simple value
a1f40101 | something behind it
0101 | something behind it
a1f501 | a boolean as key
a1810101 | a list as key
8181818181 80 | nested too deep
a101a101a101a101a10101 | nested too deep
1c | a reserved length
a1 | cut off
5b7fffffffffffffff00 | cut off
9b7fffffffffffffff | cut off
62c328 | text that is not UTF-8
ff | an end of nothing
"""


def test_other_forms_are_refused():
    for line in NOT_CANONICAL.strip().splitlines():
        assert refused(bytes.fromhex(line.partition("|")[0])), line
    assert refused(b"")
    assert refused(b"\x81" * 900 + b"\x01")


def test_four_levels_are_allowed():
    assert decode(bytes.fromhex("8181818101")) == [[[[1]]]]
    assert decode(bytes.fromhex("a101a101a101a10101")) == {1: {1: {1: {1: 1}}}}


def test_other_types_have_no_encoding():
    for value in (None, 1.5, object(), {1: None}, {(1,): 1}, {True: 1}, 2**64):
        with pytest.raises(ValueError, match=r"no place|a key is"):
            encode(value)
