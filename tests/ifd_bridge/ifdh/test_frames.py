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
    Answers,
    Call,
    pack_answer,
    pack_movement,
    parse_answer,
    unpack_call,
)

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


class Ways:
    """The answers of a connection, and what a handler would read."""

    def __init__(self):
        self.pipe, writing = os.pipe()
        ours, self.socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.ours = ours
        self.answers = Answers(ours, [writing])

    def close(self):
        self.answers.close()
        self.ours.close()
        self.socket.close()
        os.close(self.pipe)


@pytest.fixture
def ways():
    made = Ways()
    yield made
    made.close()


def test_an_answer_goes_whole_through_the_pipe_where_it_fits(ways):
    for frame in (b"answer", bytes(PIPE_BUF)):
        ways.answers.send(frame)
        assert os.read(ways.pipe, 65536) == frame


def test_a_longer_one_goes_by_the_connection(ways):
    ways.answers.send(bytes(PIPE_BUF + 1))
    assert ways.socket.recv(65536) == bytes(PIPE_BUF + 1)


def test_a_handler_that_never_reads_is_not_waited_for(ways):
    with pytest.raises(BlockingIOError, match="reads no answers"):
        for _ in range(1000):
            ways.answers.send(bytes(PIPE_BUF))


def test_a_handler_that_has_hung_up_is_an_error(ways):
    other = Ways()
    ways.pipe, other.pipe = other.pipe, ways.pipe
    other.close()
    with pytest.raises(BrokenPipeError):
        ways.answers.send(b"x")


def test_answers_that_another_thread_has_closed_are_an_error(ways):
    ways.answers.close()
    ways.answers.close()
    with pytest.raises(BrokenPipeError, match="closed"):
        ways.answers.send(b"x")


def test_nothing_but_the_writing_end_of_a_pipe_is_taken(ways, tmp_path):
    reading, writing = os.pipe()
    file = os.open(tmp_path / "file", os.O_WRONLY | os.O_CREAT)
    for wrong in ([], [reading], [file], [writing, writing]):
        before = list(wrong)
        with pytest.raises(ValueError, match="no pipe"):
            Answers(ways.ours, wrong)
        assert wrong == before  # whoever got them closes them
    for descriptor in (reading, writing, file):
        os.close(descriptor)
