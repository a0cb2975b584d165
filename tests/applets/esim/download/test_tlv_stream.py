from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applets.esim.download.tlv_stream import SEGMENT_LIMIT, Stream
from vcard import tlv


def read(work, stream, pieces):
    """Feed a generator the pieces; return its result, or None if it still waits."""
    try:
        for piece in (b"", *pieces):
            stream.add(piece)
            next(work)
    except StopIteration as end:
        return end.value
    return None


@given(st.binary(max_size=300), st.lists(st.integers(0, 310), max_size=8))
def test_an_object_is_whole_wherever_it_is_cut(contents, cuts):
    whole = tlv(0x86, contents)
    places = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
    pieces = [whole[a:b] for a, b in pairwise(places)]
    stream = Stream()
    assert read(stream.object(0x86), stream, [*pieces[:-1], pieces[-1] + b"rest"]) == whole
    assert len(stream) == 4


def test_a_header_leaves_the_contents_where_they_are():
    stream = Stream()
    assert read(stream.header(0xBF36), stream, [b"\xbf", b"\x36\x82", b"\x01\x00\xbf\x23"]) == 256
    assert read(stream.peek(), stream, []) == 0xBF
    assert len(stream) == 2


def test_nothing_comes_of_nothing():
    stream = Stream()
    assert read(stream.peek(), stream, [b"", b""]) is None


@pytest.mark.parametrize(
    "raw", [b"\x87\x01\0", tlv(0x86, bytes(SEGMENT_LIMIT + 1)), b"\x86\x85" + bytes(8)]
)
def test_what_is_no_segment_of_the_kind_is_a_value_error(raw):
    stream = Stream()
    with pytest.raises(ValueError, match=r"."):
        read(stream.object(0x86), stream, [raw])
