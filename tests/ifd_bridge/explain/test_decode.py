"""Bytes are recognised by their shape and explained; nothing makes the decoder fall over."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ifd_bridge.explain.decode import KINDS, decode, guess

VECTORS = [
    [field.strip() for field in line.split("|")]
    for line in (Path(__file__).parents[2] / "vectors/decode.txt").read_text().splitlines()
    if line and not line.startswith("#")
]


def test_bytes_are_recognised_and_explained():
    for raw, meaning, _ in VECTORS:
        kind, line = meaning.split("; ", 1)
        data = bytes.fromhex(raw)
        assert guess(data) == kind
        assert line in [f"{found.name}: {found.text}" for found in decode(data)]


@given(st.binary(max_size=60), st.sampled_from(sorted(KINDS)))
@example(b"\x69\x01\0\0\0\0\0\0\0\0\x01", "ccid")
@example(b"\x51\0\0\x01", "ccid")
@example(b"\x03", "atr")
def test_any_bytes_are_explained_or_refused(raw, kind):
    for wanted in (kind, None):
        try:
            lines = decode(raw, wanted)
        except ValueError:
            continue
        assert all(0 <= line.offset <= len(raw) for line in lines)
        if raw[:1] == b"\x03":  # an ATR sampled by the wrong convention is shown by the right one
            continue
        assert all(line.raw == raw[line.offset :][: len(line.raw)] for line in lines)


def test_an_unknown_kind_is_refused_with_those_there_are():
    with pytest.raises(ValueError, match="nonsense is none of apdu, "):
        decode(b"\0", "nonsense")


@pytest.mark.parametrize(
    "raw", ["00A4040005A0000000039000", "00B00000039000", "80F200000201029000"]
)
def test_a_command_whose_length_is_wrong_is_none_the_less_no_response(raw):
    with pytest.raises(ValueError, match="offset 4: Lc is"):
        decode(bytes.fromhex(raw))


def test_what_begins_as_no_command_and_ends_as_a_response_is_one():
    assert guess(bytes.fromhex("0102039000")) == "response"
    assert guess(bytes.fromhex("00A49000")) == "apdu"
