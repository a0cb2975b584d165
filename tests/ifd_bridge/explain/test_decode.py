"""Bytes are recognised by their shape and explained; no input makes the decoder fail."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ifd_bridge.explain.decode import KINDS, decode, guess
from tests.kits import golden
from tests.kits.vectors import rows

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


MORE = {
    "apdu": [
        "00A40004023F00", "00A4040009A00000000386980701", "0CD6000000000100" + "AA" * 256,
        "00CA9F7F00", "8050000008010203040506070800", "801000000101", "80120000 10",
        "80140000 0C 810301210082028281830100", "80C20000 0B D3090202 0181900105 0A0B",
        "80C20000 16 D6149901 01 190103 82028281 1B0100 1302 0001 1401 00",
        "00C0000010", "7000000000", "8CE60C0000", "FF000000 04 D44A0100", "00B2010C00",
        "51CA9F7F00",
        "002000810831323334FFFFFFFF", "00 20 00 81", "A0A40000026F07", "90 60 00 00 00",
        "0CA40000023F00", "40B0000001", "E0B0000001",
    ],
    "response": [
        "9000", "6A82", "63C2", "6110", "6C10", "9110", "9F0F", "6283", "6700", "6F00", "9862",
        "6F0F8408A000000151000000A5039F65009000",
        "6221 8202 7821 8302 3F00 A506 C00100 800171 8A0105 8B032F0602 C606900100830101"
        " 8102 0000 9000",
        "D00F 8103012100 82028102 8D04 04 414243 9000", "D009 8103010104 8202 8182 9000",
        "5C027F495004414243449000", "4142439000",
    ],
    "ccid": [
        "62000000000001010000", "62000000000001010000", "63000000000001000000",
        "65000000000001000000", "69010000000001010200 01", "6A000000000001030102",
        "6B030000000001000000 010203", "6C000000000001000000", "6D000000000001000000",
        "6E000000000001010000", "6F050000000001041000 00A4040000", "6F0000000000010A0100",
        "71000000000001050000", "72000000000001000000", "80020000000001000001 9000",
        "80000000000001 0200 02", "81000000000001010003", "81000000000001 42FE 00",
        "82050000000001000000 1100000A00", "82070000000001000001 1110004D00FE00",
        "83020000000001000000 0102", "84080000000001000000 A00F0000002A0000",
        "800D000000000100 0000 3B80800101 0102030405060708", "50 FF", "50 0804", "51000A80", "5107",
        "6F0B0000000001000000 0000070020000002313217", "80000000000001C00000",
        "99000000000001000000",
    ],
    "t1": [
        "00C101FE3E", "00E101FE1E", "00920092", "00820082", "00810081", "0080008000",
        "002002AABB33", "0040050020000001 64", "00000002 0102 01", "2A4004000000006E",
        "A20002900030", "12C30003D2", "00C000C0", "00C200C2", "00E300E3", "00E000E0", "00E200E2",
        "00A000A0", "00600 50020000001 44".replace(" ", ""), "0000", "000000",
    ],
    "tlv": [
        "6F0A8402A000A50450024142", "4F05A000000308", "E3045A005000", "7F490206 00",
        "5F240324123130 8101FF", "3003020105", "BF3E065A0489001012", "9F7001079F7F00", "C10101",
    ],
    "pin": [raw for raw, meaning, _ in rows("decode.txt") if meaning.startswith("pin;")],
    "atr": ["3B80800101", "3F00", "3B02145A",
            "3B9F9680B1FE453FC7838031E073FE211F76636172644D455020"],
}  # fmt: skip
"""More of each kind, complete and not."""


def explained(raw, kind):
    try:
        return [
            f"  {line.offset:3} {'  ' * line.depth}{line.raw.hex().upper()[:40]}"
            f" | {line.name}: {line.text}"
            for line in decode(bytes.fromhex(raw), kind)
        ]
    except ValueError as error:
        return [f"  refused: {error}"]


def test_every_line_of_an_explanation_stands_at_its_place():
    """Each field with its offset and what it means; the source of a vector is in decode.txt."""
    known = [(guess(bytes.fromhex(raw)), raw) for raw, *_ in rows("decode.txt")]
    inputs = known + [(kind, raw) for kind in MORE for raw in MORE[kind]]
    golden.check(
        "decoded",
        [line for kind, raw in inputs for line in (f"{kind} {raw}", *explained(raw, kind))],
    )


def test_what_ends_as_no_response_is_none_though_an_object_stands_in_front():
    assert guess(bytes.fromhex("8101050000")) != "response"
