import pytest

from ifd_bridge.driver.link import ICC_ABSENT, Out
from ifd_bridge.ifdh.api import Code
from tests.kits.bridge.fakes import ABSENT, FAILED, answer, link


def test_a_command_has_its_length_its_slot_and_the_next_sequence_number():
    one, cable = link(answer(), answer(), slot=3)
    one.command(Out.ESCAPE, b"\x01\x02")
    one.command(Out.ICC_POWER_ON, first=1)
    assert cable.sent[0].hex(" ") == "6b 02 00 00 00 03 00 00 00 00 01 02"
    assert cable.sent[1].hex(" ") == "62 00 00 00 00 03 01 01 00 00"


def test_a_block_has_its_level_and_its_waiting_time():
    one, cable = link(answer())
    one.block(b"\xaa", 0x0110, 2)
    assert cable.sent[0].hex(" ") == "6f 01 00 00 00 00 00 02 10 01 aa"


def test_the_sequence_wraps_and_can_be_skipped():
    one, cable = link(*[answer()] * 257)
    one.skip()
    for _ in range(256):
        one.command(Out.GET_SLOT_STATUS)
    assert [message[6] for message in cable.sent] == [*range(1, 256), 0]


def test_an_answer_comes_with_all_its_bytes():
    one, _ = link(answer(0x82, b"\x11", 0x01, 0, 1))
    reply = one.command(Out.SET_PARAMETERS)
    assert (reply.code, reply.data, reply.icc, reply.extra) == (Code.SUCCESS, b"\x11", 1, 1)


@pytest.mark.parametrize("silence", [None, b"", b"\x80\x00"])
def test_silence_and_stumps_are_communication_errors(silence):
    one, _ = link(silence, silence)
    assert one.command(Out.GET_SLOT_STATUS).code is Code.COMMUNICATION_ERROR
    assert one.block(b"").code is Code.COMMUNICATION_ERROR


def test_a_command_that_failed_says_why():
    one, _ = link(answer(0x81, b"", FAILED | ABSENT, 0xFE))
    reply = one.command(Out.GET_SLOT_STATUS)
    assert (reply.code, reply.error, reply.icc) == (Code.COMMUNICATION_ERROR, 0xFE, ICC_ABSENT)


def test_every_failure_of_the_card_becomes_a_code():
    cases = [
        (0x40, 0xF0, Code.SUCCESS, "6400"),
        (0x40, 0xEF, Code.SUCCESS, "6401"),
        (0x42, 0xFE, Code.ICC_NOT_PRESENT, ""),
        (0x41, 0xFE, Code.COMMUNICATION_ERROR, ""),
        (0x40, 0xFE, Code.COMMUNICATION_ERROR, ""),
        *[
            (0x40, error, Code.COMMUNICATION_ERROR, "")
            for error in (0, 1, 5, 7, 8, 0x7F, 0xE0, 0xF2, 0xF4, 0xFB, 0xFC, 0xFD, 0xFF)
        ],
    ]
    for status, error, code, data in cases:
        one, _ = link(answer(0x80, b"", status, error))
        reply = one.block(b"\0")
        assert (reply.code, reply.data.hex()) == (code, data)


def test_an_answer_shorter_or_longer_than_it_says_is_refused():
    one, _ = link(answer(data=b"\x90\x00")[:-1], answer(data=b"\x90\x00") + b"\0")
    assert one.block(b"").code is Code.COMMUNICATION_ERROR
    assert one.block(b"").code is Code.COMMUNICATION_ERROR


@pytest.mark.parametrize(("factor", "granted"), [(3, 6.0), (1, 2.0), (0, 2.0)])
def test_a_time_extension_multiplies_the_card_s_time(factor, granted):
    one, cable = link(answer(status=0x80, error=factor), answer(data=b"\x90\x00"))
    one.timeout_s = 2.0
    assert one.block(b"\0").data == b"\x90\x00"
    assert cable.timeouts == [2.0, granted]


def test_a_time_of_its_own_goes_before_the_card_s():
    one, cable = link(answer(), answer())
    one.command(Out.ESCAPE, timeout_s=30.0)
    one.block(b"", timeout_s=90.0)
    assert cable.timeouts == [30.0, 90.0]
