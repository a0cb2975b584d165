"""Messages as packets, and packets as transfers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readers.usb.pipes import Done, InPipe, OutPipe

LONGEST = 1 << 17


def ended(pipe):
    return [done.data for done in pipe.done()]


@pytest.mark.parametrize(
    ("size", "room", "pieces"),
    [
        (10, 65554, [10]),
        (64, 65554, [64]),
        (128, 65554, [128]),
        (64, 64, [64, 0]),
        (271, 271, [271]),
        (100, 64, [64, 36]),
        (0, 64, [0]),
        (65554, 16384, [16384] * 4 + [18]),
    ],
)
def test_a_transfer_ends_with_a_short_packet_or_when_it_is_full(size, room, pieces):
    pipe = InPipe(64, 65554)
    pipe.put(bytes(size))
    assert pipe.waiting == size
    for token in range(len(pieces) + 1):
        pipe.submit(token, room)
    assert [len(data) for data in ended(pipe)] == pieces
    assert (pipe.waiting, pipe.wanted) == (0, 1)


def test_no_empty_packet_follows_the_longest_message():
    pipe = InPipe(64, 320)
    pipe.put(bytes(320))
    pipe.submit(1, 320)
    pipe.submit(2, 320)
    assert [len(data) for data in ended(pipe)] == [320]


def test_a_packet_that_does_not_fit_is_babble():
    pipe = InPipe(64)
    pipe.put(bytes(64))
    pipe.submit(1, 10)
    (done,) = pipe.done()
    assert done.overflow
    assert len(done.data) == 10


def test_a_cancelled_transfer_takes_nothing():
    pipe = InPipe(64)
    pipe.submit(1, 64)
    pipe.submit(2, 64)
    assert pipe.cancel(1)
    assert not pipe.cancel(1)
    pipe.put(b"x")
    assert [done.token for done in pipe.done()] == [2]


def test_flushing_forgets_packets_and_tells_whose_transfers_are_over():
    pipe = InPipe(64)
    pipe.put(bytes(10))
    assert pipe.flush() == []
    pipe.submit("a", 64)
    assert pipe.flush() == ["a"]
    assert (pipe.waiting, pipe.wanted) == (0, 0)


@given(
    st.lists(st.integers(0, 300), min_size=1, max_size=6), st.sampled_from([64, 128, 512, 65536])
)
def test_every_byte_reaches_the_host_in_order_and_messages_stay_apart(sizes, room):
    pipe = InPipe(64)
    messages = [bytes((n,)) * size for n, size in enumerate(sizes)]
    for message in messages:
        pipe.put(message)
    got, message = [], b""
    while pipe.waiting or len(got) < len(messages):
        pipe.submit(0, room)
        (done,) = pipe.done()
        message += done.data
        if len(done.data) < room:
            got.append(message)
            message = b""
    assert got == messages


@given(st.integers(0, 300), st.lists(st.integers(1, 400), max_size=8))
def test_messages_come_together_wherever_the_host_cuts_them(length, cuts):
    body = bytes(n & 255 for n in range(length))
    message = b"\x6f" + length.to_bytes(4, "little") + bytes(5) + body
    pipe, got, at = OutPipe(64, LONGEST), [], 0
    for cut in [64 * c for c in cuts]:
        if at + cut < len(message):
            got.append(pipe.feed(message[at : at + cut]))
            at += cut
    got.append(pipe.feed(message[at:]))
    assert [m for m in got if m is not None] == [message]


def test_an_empty_packet_after_a_message_that_fills_its_last_one_is_no_message():
    pipe = OutPipe(64, LONGEST)
    full = b"\x6f" + (54).to_bytes(4, "little") + bytes(59)
    assert pipe.feed(full) == full
    assert pipe.feed(b"") is None


def test_half_a_message_is_forgotten_by_a_flush():
    pipe = OutPipe(64, LONGEST)
    assert pipe.feed(b"\x6f" + b"\xff" * 63) is None
    pipe.flush()
    assert pipe.feed(b"\x65" + bytes(9)) == b"\x65" + bytes(9)


def test_a_message_that_never_ends_takes_no_more_room_than_the_longest():
    pipe = OutPipe(64, 256)
    got = [pipe.feed(b"\x6f" + b"\xff" * 63)] + [pipe.feed(bytes(64)) for _ in range(9)]
    assert max(len(message) for message in got if message) <= 256


@given(st.lists(st.binary(max_size=200), max_size=20))
def test_any_bytes_are_taken_in_any_pieces(pieces):
    pipe = OutPipe(64, 512)
    for piece in pieces:
        message = pipe.feed(piece)
        assert message is None or 0 < len(message) <= 512


def test_a_transfer_that_has_ended_is_no_babble_unless_it_is_said():
    assert not Done(1, b"").overflow


def test_an_empty_packet_alone_ends_what_has_come():
    """A message whose length is a multiple of the packet's, and wrong, is ended by it."""
    pipe = OutPipe(64, LONGEST)
    assert pipe.feed(b"\x6f\xff\0\0\0" + bytes(59)) is None
    assert pipe.feed(b"") == b"\x6f\xff\0\0\0" + bytes(59)
