from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vcard import Applet, Busy, Card, Later, handles
from vcard.command import CLASS_BYTES, Command, Response, class_byte
from vcard.sw import SW

byte = st.integers(0, 255)


@st.composite
def commands(draw: st.DrawFn) -> Command:
    extended = draw(st.booleans())
    data = draw(st.binary(max_size=600 if extended else 255))
    le = draw(st.none() | st.integers(1, 65536 if extended else 256))
    extended = extended and (bool(data) or le is not None)
    return Command(draw(byte), draw(byte), draw(byte), draw(byte), data, le, extended)


@given(commands())
def test_what_is_written_is_read_back(command: Command) -> None:
    assert Command.parse(bytes(command)) == command


@given(st.binary(max_size=20) | st.binary(min_size=250, max_size=300))
def test_any_bytes_are_a_command_or_a_value_error(raw: bytes) -> None:
    try:
        command = Command.parse(raw)
    except ValueError as error:
        assert str(error).startswith("offset ")  # noqa: PT017 - either is right
    else:
        assert bytes(command) == raw


def test_all_seven_forms_are_told_apart() -> None:
    cases = [
        ("00A40400", 1, "", None, False),
        ("00A4040000", 2, "", 256, False),
        ("00A40400FF", 2, "", 255, False),
        ("00A40400023F00", 3, "3F00", None, False),
        ("00A40400023F0000", 4, "3F00", 256, False),
        ("00A40400000000", 2, "", 65536, True),
        ("00A40400000100", 2, "", 256, True),
        ("00A404000000023F00", 3, "3F00", None, True),
        ("00A404000000023F000000", 4, "3F00", 65536, True),
        ("00A404000000023F000100", 4, "3F00", 256, True),
    ]
    for text, case, data, le, extended in cases:
        command = Command.parse(bytes.fromhex(text))
        assert (command.case, command.le, command.extended) == (case, le, extended)
        assert command.data == bytes.fromhex(data)
        assert command.header.hex() == "00a40400"
        assert command.p1p2 == 0x0400


def test_a_wrong_length_says_where() -> None:
    cases = [
        ("", "offset 0"),
        ("00A404", "offset 3"),
        ("00A4040002AA", "Lc is 2, but 1 bytes follow"),
        ("00A4040001AABBCC", "Lc is 1, but 3 bytes follow"),
        ("00A404000001", "3 bytes, not 2"),
        ("00A4040000000000", "before an Le alone"),
        ("00A404000000", "3 bytes, not 2"),
        ("00A4040000000001AA02", "before an Le alone"),
        ("00A40400000002AA", "Lc is 2, but 1 bytes follow"),
        ("00A40400000001AABB", "Lc is 1, but 2 bytes follow"),
    ]
    for text, message in cases:
        with pytest.raises(ValueError, match=message):
            Command.parse(bytes.fromhex(text))


def test_the_longest_command_is_read() -> None:
    command = Command(0, 1, data=bytes(65535), le=65536, extended=True)
    assert Command.parse(bytes(command)) == command
    assert command.ne == 65536


def test_without_le_all_may_be_answered() -> None:
    assert Command(0, 0).ne == 256
    assert Command(0, 0, data=b"x", extended=True).ne == 65536
    assert Command(0, 0, le=7).ne == 7


def test_lengths_that_do_not_fit_are_refused() -> None:
    cases = [
        Command(0, 0, data=bytes(256)),
        Command(0, 0, le=257),
        Command(0, 0, le=0),
        Command(0, 0, le=65537, extended=True),
        Command(0, 0, data=bytes(65536), extended=True),
    ]
    for command in cases:
        with pytest.raises(ValueError, match="length"):
            bytes(command)


def test_a_joined_chain_becomes_extended_when_it_must() -> None:
    assert not Command(0, 0).with_data(bytes(255)).extended
    assert Command(0, 0).with_data(bytes(256)).extended


@given(st.binary(max_size=300), st.integers(0, 0xFFFF))
def test_a_response_is_read_back(data: bytes, sw: int) -> None:
    response = Response(data, SW(sw))
    assert Response.parse(bytes(response)) == response


def test_a_response_has_a_status_word() -> None:
    with pytest.raises(ValueError, match="offset 1"):
        Response.parse(b"\x90")


def test_case_1_has_no_extended_form() -> None:
    assert bytes(Command(0, 1, 2, 3, extended=True)) == bytes((0, 1, 2, 3))


@pytest.mark.parametrize(("le", "ne"), [("0000", 65536), ("0100", 256)])
def test_an_extended_lc_of_0_before_an_le_is_case_2(le: str, ne: int) -> None:
    command = Command.parse(bytes.fromhex("00CA7F74" + "000000" + le))
    assert (command.case, command.data, command.le, command.extended) == (2, b"", ne, True)


@given(st.sampled_from([0x00, 0x80]), st.integers(0, 19), st.booleans())
def test_a_class_byte_that_is_written_is_read_back(base: int, channel: int, chained: bool) -> None:
    read = CLASS_BYTES[class_byte(base, channel, chained=chained)]
    assert (read.base, read.channel, read.chained, read.secure) == (base, channel, chained, False)
    assert read.valid


@pytest.mark.parametrize("channel", [-1, 20])
def test_there_are_twenty_channels(channel: int) -> None:
    with pytest.raises(ValueError, match=r"0\.\.19"):
        class_byte(0, channel)


def test_both_forms_name_their_channel() -> None:
    for cla, base, channel in [
        (0x00, 0, 0),
        (0x03, 0, 3),
        (0x40, 0, 4),
        (0x4F, 0, 19),
        (0x81, 0x80, 1),
        (0xCF, 0x80, 19),
    ]:
        assert (CLASS_BYTES[cla].base, CLASS_BYTES[cla].channel) == (base, channel)


def test_secure_messaging_is_seen_in_both_forms() -> None:
    for cla in [0x04, 0x0C, 0x84, 0x60, 0xE3]:
        assert CLASS_BYTES[cla].secure


def test_reserved_classes_are_not_valid() -> None:
    invalid = {cla for cla in range(256) if not CLASS_BYTES[cla].valid}
    assert invalid == {*range(0x20, 0x40), 0xFF}


@pytest.mark.parametrize("cla", [0xA0, 0xB0, 0xBF])
def test_a_class_without_channel_bits_is_its_own_base(cla: int) -> None:
    assert CLASS_BYTES[cla].base == cla
    assert CLASS_BYTES[cla].channel == 0


def test_classes_without_channel_bits_are_no_chain_and_not_secured():
    """Neither 20..3F, which are reserved, nor A0..BF: their lower bits mean something else."""
    for cla in (*range(0x20, 0x40), *range(0xA0, 0xC0), 0xFF):
        read = CLASS_BYTES[cla]
        assert (read.channel, read.chained, read.secure) == (0, False, False), hex(cla)


def test_nothing_is_chained_unless_it_is_said() -> None:
    assert [class_byte(0x80, channel) for channel in (0, 3, 4)] == [0x80, 0x83, 0xC0]


class Slow(Applet):
    aid = bytes.fromhex("F000000001")

    @handles(ins=0x01)
    def slow(self, command):
        return Later(1.5, lambda: b"done")


def test_a_later_reply_keeps_the_card_busy_for_its_time():
    card = Card(default=Slow())
    card.power_up()
    busy = card.exchange(bytes.fromhex("0001000000"))
    assert isinstance(busy, Busy)
    assert busy.seconds == 1.5
    assert busy.finish() == b"done\x90\x00"
