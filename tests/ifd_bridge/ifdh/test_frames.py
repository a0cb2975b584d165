import os
import socket
from contextlib import suppress
from select import PIPE_BUF

import msgpack
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.ifdh.api import Answer, Code, Function, Presence
from ifd_bridge.ifdh.frames import (
    ANSWER_HEAD,
    CALL_HEAD,
    MAX_DATA,
    Call,
    Line,
    pack_answer,
    pack_movement,
    parse_answer,
    unpack_call,
)
from tests.kits.bridge.hostile_hops import Ends

CALL = Call(3, Function.TRANSMIT_TO_ICC, 1, b"\0\xa4")
CALLS = st.builds(
    Call,
    st.integers(0, 255),
    st.sampled_from(Function),
    st.integers(0, 2**32 - 1),
    st.binary(max_size=300),
)


@given(CALLS)
def test_a_call_is_parsed_back_from_its_bytes(call):
    assert Call.parse(bytes(call)) == call


@given(CALLS)
def test_a_call_is_messagepack(call):
    fields = [call.sequence, call.function, call.argument, call.data]
    assert msgpack.unpackb(bytes(call)) == fields


@given(st.integers(0, 255), st.sampled_from(Code), st.binary(max_size=300))
def test_an_answer_is_messagepack_and_parsed_back(sequence, code, data):
    frame = pack_answer(sequence, code, data)
    assert msgpack.unpackb(frame) == [sequence, code, data]
    assert parse_answer(frame) == (sequence, Answer(code, data))


@given(st.binary(max_size=40))
def test_any_bytes_are_a_call_or_a_value_error(raw):
    with suppress(ValueError):
        assert bytes(Call.parse(raw)) == raw


@given(st.binary(max_size=40))
def test_any_bytes_are_an_answer_or_a_value_error(raw):
    with suppress(ValueError):
        sequence, answer = parse_answer(raw)
        assert pack_answer(sequence, answer.code, answer.data) == raw


def test_a_call_cut_anywhere_is_refused():
    for cut in range(CALL_HEAD + 4):
        with pytest.raises(ValueError, match="call"):
            Call.parse(bytes(Call(1, Function.CONTROL, 2, b"data"))[:cut])


def test_an_answer_cut_anywhere_is_refused():
    for cut in range(ANSWER_HEAD + 4):
        with pytest.raises(ValueError, match="answer"):
            parse_answer(pack_answer(1, Code.SUCCESS, b"data")[:cut])


def test_the_longest_payload_fits_and_one_byte_more_does_not():
    longest = bytes(MAX_DATA)
    assert parse_answer(pack_answer(0, 0, longest))[1].data == longest
    assert Call.parse(bytes(Call(0, Function.CONTROL, 0, longest))).data == longest
    with pytest.raises(ValueError, match="more than"):
        pack_answer(0, 0, longest + b"x")
    with pytest.raises(ValueError, match="a call of"):
        Call.parse(bytes(Call(0, Function.CONTROL, 0, longest + b"x")))


def test_a_call_is_read_from_the_front_of_a_larger_buffer():
    frame = bytes(Call(3, Function.TRANSMIT_TO_ICC, 1, b"\0\xa4"))
    assert unpack_call(memoryview(frame + b"rest"), len(frame)) == (3, 7, 1, b"\0\xa4")


@pytest.mark.parametrize(
    ("presence", "code", "count"),
    [
        (Presence(present=True, removals=0), Code.ICC_PRESENT, "00000000"),
        (Presence(present=False, removals=258), Code.ICC_NOT_PRESENT, "00000102"),
        (Presence(present=False, removals=2**32 + 1), Code.ICC_NOT_PRESENT, "00000001"),
    ],
)
def test_a_movement_says_where_the_card_is_and_counts_removals(presence, code, count):
    assert parse_answer(pack_movement(presence)) == (0, Answer(code, bytes.fromhex(count)))


@pytest.fixture
def ends(form):
    """A line, of either form, and the handler's ends of it."""
    made = Ends()
    yield made
    made.close()


def test_an_answer_goes_whole_through_the_pipe_where_it_fits(ends):
    for size in (0, 1, PIPE_BUF - ANSWER_HEAD):
        frame = pack_answer(7, 0, bytes(size))
        assert ends.hop(bytes(CALL), (7, 0, bytes(size))) == ((3, 7, 1, b"\0\xa4"), ("pipe", frame))


def test_a_longer_one_goes_by_the_connection(ends):
    for size in (PIPE_BUF - ANSWER_HEAD + 1, MAX_DATA):
        _, told = ends.hop(bytes(CALL), (7, 0, bytes(size)))
        assert told == ("connection", pack_answer(7, 0, bytes(size)))


def test_a_call_is_taken_and_a_peer_that_hangs_up_is_the_end(ends):
    ends.handler.send(bytes(CALL))
    assert ends.line.take() == (3, 7, 1, b"\0\xa4")
    assert ends.hop(b"", (3, 0, b"")) == (None, ("pipe", pack_answer(3, 0)))
    assert ends.line.take() is None


def test_a_handler_that_never_reads_is_not_waited_for(ends):
    with pytest.raises(BlockingIOError):
        for _ in range(1000):
            ends.handler.send(bytes(CALL))
            ends.line.hop(7, 0, bytes(PIPE_BUF - ANSWER_HEAD))


def test_a_handler_that_has_hung_up_is_an_error(ends):
    other = Ends()
    ends.pipe, other.pipe = other.pipe, ends.pipe
    other.close()
    with pytest.raises(BrokenPipeError):
        ends.line.hop(1, 0, b"x")


def test_a_line_that_another_thread_has_closed_is_an_error(ends):
    ends.line.close()
    ends.line.close()
    with pytest.raises(OSError, match="closed"):
        ends.line.hop(1, 0, b"x")


def test_no_more_is_answered_than_the_handler_takes(ends):
    assert ends.hop(bytes(CALL), (1, 0, bytes(MAX_DATA + 1)))[0][0] is ValueError
    assert ends.hop(bytes(CALL), (1, 65536, b""))[0][0] is ValueError


def test_nothing_but_the_writing_end_of_a_pipe_is_taken(tmp_path):
    reading, writing = os.pipe()
    file = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        for wrong in ([reading], [file], [writing, writing]):
            before = list(wrong)
            with pytest.raises(ValueError, match="no pipe"):
                Line(ours, wrong)
            assert wrong == before  # whoever got them closes them
    for descriptor in (reading, writing, file):
        os.close(descriptor)


def test_without_a_pipe_every_answer_goes_by_the_connection():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs:
        line = Line(ours, [])
        for size in (1, PIPE_BUF):
            theirs.send(bytes(CALL))
            assert line.hop(7, 0, bytes(size)) == (3, 7, 1, b"\0\xa4")
            assert theirs.recv(65536) == pack_answer(7, 0, bytes(size))
        line.close()
