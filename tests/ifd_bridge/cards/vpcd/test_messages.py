"""The vpcd protocol as bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.cards.vpcd.messages import Unframer, message


def payloads(unframer):
    found = []
    while (payload := unframer.next()) is not None:
        found.append(payload)
    return found


@given(st.lists(st.binary(max_size=40)), st.integers(1, 7))
def test_messages_come_out_as_they_went_in_however_they_are_cut(sent, step):
    stream = b"".join(message(payload) for payload in sent)
    unframer, got = Unframer(), []
    for start in range(0, len(stream), step):
        unframer.feed(stream[start : start + step])
        got += payloads(unframer)
    assert got == sent
    assert unframer.empty


def test_a_cut_message_does_not_come_out():
    unframer = Unframer()
    unframer.feed(message(b"\x90\x00")[:-1])
    assert unframer.next() is None
    assert not unframer.empty


def test_a_message_carries_at_most_65535_bytes():
    assert len(message(bytes(65535))) == 65537
    with pytest.raises(ValueError, match="carries 65535 bytes, not 65536"):
        message(bytes(65536))
