"""The host at the TPDU level: over a reader and a card, and over answers made by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ifd_bridge.driver.apdu_levels import NAD_CONTROL
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.driver.link import Reply
from ifd_bridge.driver.tpdu_level import TpduLevel
from ifd_bridge.ifdh.api import Answer, Code, Power
from readers.ccid.descriptor import ExchangeLevel, Features
from readers.models import PLAIN, at_level
from tests.kits.bridge.fakes import FAILED, answer, link
from tests.kits.t1_pair import SELECT, Echo
from tests.whole.test_matrix import Host
from vcard import Card
from vcard.atr.atr import Atr
from vcard.atr.values import Edc
from vcard.transmission.t1_block import (
    Complaint,
    Supervision,
    i_block,
    r_block,
    s_request,
    s_response,
)

T1_ATR = Atr.build((1,), ifsc=254)
TPDU = at_level(PLAIN, ExchangeLevel.TPDU)
IFS_AGREED = answer(data=bytes(s_response(0, Supervision.IFS, b"\xfe")))
OK = b"\x90\x00"


def level(*answers, atr=T1_ATR, features=0, protocol=2):
    """A level after SetParameters, whose reader says these things."""
    one, cable = link(*answers)
    descriptor = replace(TPDU.descriptor, dwFeatures=TPDU.descriptor.dwFeatures | features)
    made = TpduLevel(one, KnownReader.of(replace(TPDU, descriptor=descriptor)))
    made.powered()
    assert made.protocol_set(protocol, atr) is Code.SUCCESS
    cable.sent.clear()
    return made, cable


def block(data, **kwargs):
    return answer(data=bytes(i_block(0, 0, data, **kwargs)))


def sent(cable):
    return [message[10:].hex() for message in cable.sent]


def test_the_reader_s_ifsd_is_negotiated_with_nad_00():
    one, cable = link(IFS_AGREED)
    made = TpduLevel(one, KnownReader.of(TPDU))
    assert made.protocol_set(2, T1_ATR) is Code.SUCCESS
    assert sent(cable) == ["00c101fe3e"]
    assert made.t1.ifsc == 254


def test_a_reader_that_negotiates_by_itself_is_left_to_it():
    _, cable = level(features=Features.AUTO_IFSD)
    assert cable.sent == []


def test_a_card_that_does_not_agree_cannot_be_used():
    one, _ = link(*[answer(data=b"\0\0\0\0")] * 3)
    made = TpduLevel(one, KnownReader.of(TPDU))
    assert made.protocol_set(2, T1_ATR) is Code.COMMUNICATION_ERROR


def test_an_apdu_travels_in_a_block():
    made, cable = level(IFS_AGREED, block(OK))
    assert made.transmit(SELECT, 1) == Answer(Code.SUCCESS, OK)
    assert sent(cable) == [bytes(i_block(0, 0, SELECT)).hex()]


def test_a_tpdu_of_t0_travels_as_it_is():
    made, cable = level(answer(data=OK), protocol=1)
    assert made.transmit(SELECT, 0) == Answer(Code.SUCCESS, OK)
    assert sent(cable) == [SELECT.hex()]


def test_what_does_not_fit_is_refused():
    made, cable = level(protocol=1)
    assert made.transmit(bytes(262), 0) == Answer(Code.COMMUNICATION_ERROR)
    assert made.transmit(b"", 1) == Answer(Code.COMMUNICATION_ERROR)
    assert made.transmit(SELECT, 16) == Answer(Code.PROTOCOL_NOT_SUPPORTED)
    assert cable.sent == []


def test_a_parity_error_is_asked_again():
    parity = answer(status=FAILED, error=0xFD)
    made, cable = level(IFS_AGREED, parity, block(OK))
    assert made.transmit(SELECT, 1) == Answer(Code.SUCCESS, OK)
    assert sent(cable)[1] == bytes(r_block(0, 0, Complaint.EDC_OR_PARITY)).hex()


def test_a_mute_card_is_dead_until_the_next_power_up():
    made, cable = level(IFS_AGREED, answer(status=FAILED, error=0xFE))
    assert made.transmit(SELECT, 1) == Answer(Code.COMMUNICATION_ERROR)
    assert made.transmit(SELECT, 1) == Answer(Code.COMMUNICATION_ERROR)
    assert len(cable.sent) == 1
    made.powered()
    assert made.t1.nad == made.t1.ns == 0


def test_a_waiting_time_extension_is_granted_for_the_next_block():
    wtx = bytes(s_request(0, Supervision.WTX, b"\x05"))
    made, cable = level(IFS_AGREED, answer(data=wtx), block(OK))
    cable.timeouts.clear()
    made.link.timeout_s = 2.0
    assert made.transmit(SELECT, 1) == Answer(Code.SUCCESS, OK)
    assert [message[7] for message in cable.sent] == [0, 5]
    assert cable.timeouts == [2.0, 10.0]
    assert sent(cable)[1] == "00e30105e7"


def test_a_client_s_own_time_counts_for_every_block():
    made, cable = level(IFS_AGREED, block(OK))
    made.transmit(SELECT, 1, 90.0)
    assert cable.timeouts[-1] == 90.0


def test_the_nad_is_set_and_got_as_the_genuine_driver_has_it():
    made, _ = level(IFS_AGREED)
    control = lambda raw: made.control(NAD_CONTROL, bytes.fromhex(raw))  # noqa: E731
    assert control("3F0000") == Answer(Code.SUCCESS, bytes.fromhex("3F00020000"))
    assert control("3E00012A") == Answer(Code.SUCCESS, bytes.fromhex("3E000100"))
    assert control("3F0000") == Answer(Code.SUCCESS, bytes.fromhex("3F0002002A"))
    for wrong in ("", "3E0001", "3E00012A00", "3F000000", "3D0000", "3E01012A"):
        assert control(wrong) == Answer(Code.ERROR_NOT_SUPPORTED)
    assert made.control(0x42000001, b"") is None
    made.powered()
    assert control("3F0000").data[-1] == 0


def test_a_pin_block_uses_up_a_number_unless_nothing_was_sent():
    made, _ = level(IFS_AGREED)
    assert made.before_pin(bytes(13)) == bytes.fromhex("00000D")
    assert made.after_pin(Reply(Code.SUCCESS, b"\x64\x01")).data == b"\x64\x01"
    assert made.before_pin(bytes(13)) == bytes.fromhex("00000D")
    assert made.after_pin(Reply(Code.COMMUNICATION_ERROR)).code is Code.COMMUNICATION_ERROR
    assert made.before_pin(bytes(13)) == bytes.fromhex("00000D")
    assert made.after_pin(Reply(Code.SUCCESS, bytes(i_block(0, 0, OK)))).data == OK
    assert made.before_pin(bytes(13)) == bytes.fromhex("00400D")


def test_a_card_may_ask_for_time_after_a_pin():
    made, cable = level(IFS_AGREED, block(OK))
    made.before_pin(bytes(13))
    wtx = bytes(s_request(0, Supervision.WTX, b"\x09"))
    assert made.after_pin(Reply(Code.SUCCESS, wtx)).data == OK
    assert sent(cable) == ["00e30109eb"]
    assert cable.sent[0][7] == 9


def test_a_card_lost_after_a_pin_is_an_error():
    made, _ = level(IFS_AGREED, answer(status=FAILED, error=0xFE))
    made.before_pin(bytes(13))
    wtx = bytes(s_request(0, Supervision.WTX, b"\x09"))
    assert made.after_pin(Reply(Code.SUCCESS, wtx)).code is Code.COMMUNICATION_ERROR
    assert made.after_pin(Reply(Code.SUCCESS, b"\0\0\0")).code is Code.COMMUNICATION_ERROR


def test_at_t0_pins_need_no_block():
    made, _ = level(protocol=1)
    reply = Reply(Code.SUCCESS, OK)
    assert made.before_pin(bytes(13)) is None
    assert made.after_pin(reply) is reply


def test_the_session_of_a_card_that_does_not_know_the_nad():
    """GetSetNAD.py, then a command, then a reset: block by block as in a log of 2024."""
    host = Host.__new__(Host)
    host.connect(ExchangeLevel.TPDU, 1, T1_ATR)
    host.slot.control(NAD_CONTROL, bytes.fromhex("3E00012A"))
    seen = []
    host.reader.tap = seen.append
    assert host.send(bytes(4)) == Answer(Code.COMMUNICATION_ERROR)
    raw = [event.message[10:].hex() for event in seen]
    assert raw == ["2a4004000000006e", "00920092", "2a9200b8", "00920092", "2a9200b8", ""]
    assert seen[-1].message[7:9] == b"\x40\xfe"
    assert host.send(SELECT) == Answer(Code.COMMUNICATION_ERROR)
    assert host.slot.power_icc(Power.RESET).code is Code.SUCCESS
    assert host.slot.set_protocol_parameters(2).code is Code.SUCCESS
    assert host.slot.control(NAD_CONTROL, bytes.fromhex("3F0000")).data[-1] == 0
    assert host.send(bytes(4)).data == b"\x6d\x00"


def test_the_crc_is_used_where_the_atr_says_so():
    made, _ = level(IFS_CRC, atr=Atr.build((1,), edc=Edc.CRC))
    assert made.t1.edc is Edc.CRC


IFS_CRC = answer(data=bytes(s_response(0, Supervision.IFS, b"\xfe", Edc.CRC)))


@pytest.mark.parametrize("ports", [1, 3])
def test_a_port_is_chosen_by_its_nad(ports):
    host = Host.__new__(Host)
    host.connect(ExchangeLevel.TPDU, 1, T1_ATR)
    host.reader.eject()
    host.reader.insert(Card(Echo(), atr=T1_ATR, ports=ports))
    host.slot.power_icc(Power.UP)
    host.slot.set_protocol_parameters(2)
    host.slot.control(NAD_CONTROL, bytes.fromhex("3E000110"))
    good = host.send(SELECT) == Answer(Code.SUCCESS, OK)
    assert good is (ports == 3)
