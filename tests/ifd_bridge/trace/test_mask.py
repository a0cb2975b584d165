"""The masker hides PINs in every form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.ifdh.api import Code, Function
from ifd_bridge.trace.events import (
    Answered,
    Called,
    CardInserted,
    CommandSent,
    Event,
    KeyPressed,
    MessageIn,
    MessageOut,
    ResponseReceived,
)
from ifd_bridge.trace.mask import Masker, is_t1_block
from vcard.atr.values import Edc
from vcard.transmission.t1_block import Block

PIN = b"12345678"
VERIFY = bytes.fromhex("0020008008") + PIN
HIDDEN = bytes.fromhex("0020008008") + b"********"


def xfr(data: bytes, level: int = 0) -> bytes:
    return b"\x6f" + len(data).to_bytes(4, "little") + bytes(3) + level.to_bytes(2, "little") + data


def block(data: bytes) -> bytes:
    return chained(0, data)


def chained(pcb: int, data: bytes) -> bytes:
    raw = bytes((0, pcb, len(data))) + data
    lrc = 0
    for byte in raw:
        lrc ^= byte
    return raw + bytes((lrc,))


def masked(*events):
    return [event.what for event in map(Masker(), events)]


@pytest.mark.parametrize(
    ("event", "field", "expected"),
    [
        (Event(0, "r", CommandSent(0, VERIFY)), "command", HIDDEN),
        (Event(0, "r", ResponseReceived(0, VERIFY, b"\x90\0"), 0.1), "command", HIDDEN),
        (Event(0, "r", Called(0, Function.TRANSMIT_TO_ICC, 1, VERIFY)), "data", HIDDEN),
        (Event(0, "r", MessageOut(0, xfr(VERIFY))), "message", xfr(HIDDEN)),
        (Event(0, "r", MessageOut(0, xfr(block(VERIFY)))), "message", xfr(block(HIDDEN))),
        (
            Event(0, "r", MessageOut(0, xfr(block(VERIFY)[:-1] + b"\x01\x02"))),
            "message",
            xfr(bytes(Block(0, 0, HIDDEN, Edc.CRC))),
        ),
        (
            Event(0, "r", MessageOut(0, xfr(block(VERIFY)[:-1] + b"\x01"))),
            "message",
            xfr(block(HIDDEN)),
        ),
        (Event(0, "r", KeyPressed(0, "7")), "key", "*"),
        (Event(0, "r", KeyPressed(0, "OK")), "key", "OK"),
    ],
)
def test_a_pin_is_hidden_where_it_is_sent(event, field, expected):
    (seen,) = masked(event)
    assert getattr(seen, field) == expected


def test_a_pin_that_a_card_gives_back_is_hidden_too():
    dump = VERIFY + b"\x90\0"
    seen = masked(
        Event(0, "r", CommandSent(0, VERIFY)),
        Event(0, "r", ResponseReceived(0, b"\0\x40\0\0", dump), 0.1),
        Event(0, "r", MessageIn(0, b"\x80" + bytes(9) + dump)),
        Event(0, "r", Answered(0, Function.TRANSMIT_TO_ICC, 1, Code.SUCCESS, dump), 0.1),
    )
    assert not [event for event in seen if PIN in str(event).encode() or b"345" in _bytes(event)]


def _bytes(event) -> bytes:
    return b"|".join(
        value for name in event.__dataclass_fields__
        if isinstance(value := getattr(event, name), bytes)
    )  # fmt: skip


def test_a_pin_without_its_padding_is_hidden_too():
    padded = bytes.fromhex("0020008008") + b"1234" + b"\xff" * 4
    seen = masked(
        Event(0, "r", CommandSent(0, padded)),
        Event(0, "r", ResponseReceived(0, b"\0\0\0\0", b"1234\x90\0"), 0),
    )
    assert seen[1].response == b"****\x90\0"


def test_each_pin_of_a_change_is_hidden_and_padding_is_not():
    change = bytes.fromhex("0024008010") + b"1234\xff\xff\xff\xff" + b"5678\xff\xff\xff\xff"
    verify = bytes.fromhex("0020008004") + b"1234"
    uneven = bytes.fromhex("0024008009") + b"123498765"
    answers = [change[5:], b"5678", b"98765", bytes(8) + b"\xff" * 8]
    sent = [Event(0, "r", CommandSent(0, raw)) for raw in (verify, change, uneven)]
    told = [Event(0, "r", ResponseReceived(0, b"\0\x40\0\0", raw)) for raw in answers]
    seen = [what.response for what in masked(*sent, *told)[3:]]
    assert seen[0][:4] == b"****"
    assert b"5678" not in seen[0]
    assert seen[1:] == [b"****", b"*****", answers[3]]


def test_a_pin_after_its_header_is_hidden_where_bytes_go_one_by_one():
    header, data = xfr(VERIFY[:5], level=1), xfr(PIN, level=1)
    seen = masked(Event(0, "r", MessageOut(0, header)), Event(0, "r", MessageOut(0, data)))
    assert [event.message for event in seen] == [header, xfr(b"********", level=1)]


def test_a_pin_in_pieces_is_hidden():
    pieces = [xfr(VERIFY[:6], level=1), xfr(PIN[1:5], level=3), xfr(PIN[5:], level=2), xfr(PIN)]
    seen = masked(*(Event(0, "r", MessageOut(0, piece)) for piece in pieces))
    assert [event.message[10:] for event in seen[:3]] == [VERIFY[:5] + b"*", b"****", b"***"]
    assert seen[3].message != pieces[3]


def test_a_pin_in_chained_blocks_is_hidden():
    blocks = [chained(0x20, VERIFY[:6]), chained(0x60, PIN[1:5]), chained(0x80, b""),
              chained(0x00, PIN[5:]), chained(0x40, b"abcdefgh")]  # fmt: skip
    seen = masked(*(Event(0, "r", MessageOut(0, xfr(raw))) for raw in blocks))
    assert [event.message[13:-1] for event in seen] == [
        VERIFY[:5] + b"*", b"****", b"", b"***", b"abcdefgh",
    ]  # fmt: skip
    assert all(is_t1_block(event.message[10:]) for event in seen)


def test_what_is_no_pin_is_left_alone():
    events = [
        Event(0, "r", CardInserted(0)),
        Event(0, "r", CommandSent(0, bytes.fromhex("00A4040005A000000003"))),
        Event(0, "r", MessageOut(0, bytes.fromhex("62000000000000000000"))),
        Event(0, "r", MessageOut(0, xfr(bytes.fromhex("00C101FE3E")))),
        Event(0, "r", MessageOut(0, xfr(bytes.fromhex("0020008000")))),
        Event(0, "r", ResponseReceived(0, b"\0\0\0\0", None), 0.0),
    ]
    assert masked(*events) == [event.what for event in events]


@given(st.binary(max_size=30))
def test_any_message_passes_with_its_length(raw):
    (seen,) = masked(Event(0, "r", MessageOut(0, b"\x6f" + raw)))
    assert len(seen.message) == len(raw) + 1


def test_a_block_is_told_from_an_apdu():
    assert is_t1_block(block(VERIFY))
    assert not is_t1_block(VERIFY)
    assert not is_t1_block(b"\0\0\xff\0")


@pytest.mark.parametrize("pin", [b"12", b"123", b"\x12\x34"])
def test_a_short_pin_that_a_card_gives_back_is_hidden_in_its_data(pin):
    verify = bytes((0, 0x20, 0, 0x80, len(pin))) + pin
    dump = b"A" + pin + b"B" + pin
    seen = masked(
        Event(0, "r", CommandSent(0, verify)),
        Event(0, "r", ResponseReceived(0, b"\0\x40\0\0", dump), 0.1),
        Event(0, "r", MessageIn(0, b"\x80" + bytes(9) + dump + b"\x90\0")),
        Event(0, "r", Answered(0, Function.TRANSMIT_TO_ICC, 1, Code.SUCCESS, dump + b"\x90\0"), 0),
    )
    stars = b"*" * len(pin)
    assert seen[1].response == b"A" + stars + b"B" + pin  # its end is a status word
    assert seen[2].message[10:] == seen[3].data == b"A" + stars + b"B" + stars + b"\x90\0"


def test_half_of_a_short_pin_hides_nothing():
    verify = bytes.fromhex("0020008004") + b"1234"
    seen = masked(
        Event(0, "r", CommandSent(0, verify)),
        Event(0, "r", ResponseReceived(0, b"\0\x40\0\0", b"12 34 \x90\0"), 0.1),
    )
    assert seen[1].response == b"12 34 \x90\0"


@pytest.mark.parametrize("command", ["80D8018104", "FF82200004", "FFD2000104", "FF20000004"])
def test_keys_of_cards_and_readers_are_hidden_and_do_not_come_back(command):
    key = bytes.fromhex("C0FFEE42")
    seen = masked(
        Event(0, "r", CommandSent(0, bytes.fromhex(command) + key)),
        Event(0, "r", ResponseReceived(0, b"\0\xca\0\0", key + b"\x90\0"), 0.1),
    )
    assert seen[0].command[5:] == b"****"
    assert seen[1].response == b"****\x90\0"


def test_of_two_pins_one_within_the_other_nothing_is_left():
    """The longest is hidden first: a shorter one would spoil it, and its rest would be shown."""
    masker = Masker()
    for pin in (b"1234", b"12345678"):
        masker(Event(0.0, "R", CommandSent(0, bytes((0, 0x20, 0, 0x80, len(pin))) + pin)))
    given_back = masker(Event(0.0, "R", ResponseReceived(0, b"", b"x12345678y\x90\0")))
    assert given_back.what.response == b"x********y\x90\0"


def test_a_supervisory_block_between_two_pieces_of_a_pin_ends_nothing():
    """An S-block with information (IFS) is shown; the piece behind it is still hidden."""
    masker = Masker()
    sent = [
        chained(0x20, VERIFY[:7]), chained(0xC1, b"\xfe"), chained(0x40, VERIFY[7:]),
    ]  # fmt: skip
    told = [masker(Event(0.0, "R", MessageOut(0, xfr(raw)))).what.message[10:] for raw in sent]
    assert told[1] == sent[1]
    assert not any(PIN[2:] in raw for raw in told)
    assert told[2][3:-1] == b"*" * 6


def test_behind_the_last_piece_of_a_pin_nothing_is_hidden():
    masker = Masker()
    read = bytes.fromhex("00B0000010")
    for raw, level in ((VERIFY[:7], 1), (VERIFY[7:], 2)):
        masker(Event(0.0, "R", MessageOut(0, xfr(raw, level))))
    told = masker(Event(0.0, "R", MessageOut(0, xfr(read))))
    assert told.what.message[10:] == read
