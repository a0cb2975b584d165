"""The host at the character level."""

from __future__ import annotations

from ifd_bridge.driver.apdu_levels import NAD_CONTROL
from ifd_bridge.driver.character_level import CharacterLevel
from ifd_bridge.driver.direct_cable import DirectCable
from ifd_bridge.driver.driver import Driver
from ifd_bridge.driver.known_reader import KnownReader
from ifd_bridge.ifdh.api import Answer, Code, Power
from readers import CcidReader
from readers.ccid.descriptor import ExchangeLevel
from readers.models import PLAIN, at_level
from tests.kits.bridge.fakes import FAILED, answer, link
from tests.kits.t1_pair import SELECT
from vcard import Card
from vcard.atr.atr import Atr
from vcard.transmission.t1_block import i_block

OK = b"\x90\x00"
BLOCK = bytes(i_block(0, 0, OK))
MUTE = answer(status=FAILED, error=0xFE)


def level(*answers, protocol=2):
    one, cable = link(*answers)
    made = CharacterLevel(one, KnownReader.of(at_level(PLAIN, ExchangeLevel.CHARACTER)))
    made.powered()
    assert made.protocol_set(protocol, Atr.build((protocol - 1,))) is Code.SUCCESS
    return made, cable


def sent(cable):
    """wLevelParameter and abData of each message."""
    return [(message[8], message[10:].hex()) for message in cable.sent]


def test_no_ifsd_is_negotiated():
    made, cable = level()
    assert cable.sent == []
    assert made.t1.ifsc == 32


def test_a_block_is_read_prologue_first():
    made, cable = level(answer(data=BLOCK[:3]), answer(data=BLOCK[3:]))
    assert made.transmit(SELECT, 1) == Answer(Code.SUCCESS, OK)
    assert sent(cable) == [(3, bytes(i_block(0, 0, SELECT)).hex()), (3, "")]


def test_a_card_that_stops_is_mute():
    for answers in ([MUTE], [answer(data=BLOCK[:2])], [answer(data=BLOCK[:3]), MUTE]):
        made, _ = level(*answers)
        assert made.transmit(SELECT, 1) == Answer(Code.COMMUNICATION_ERROR)


def test_procedure_bytes_are_the_host_s_business():
    made, cable = level(
        *(answer(data=raw) for raw in (b"\xa4", b"\x60", b"\x90", b"\x00")), protocol=1
    )
    assert made.transmit(SELECT, 0) == Answer(Code.SUCCESS, OK)
    assert sent(cable) == [(1, SELECT[:5].hex()), (1, SELECT[5:].hex()), (1, ""), (1, "")]


def test_data_are_asked_for_with_their_status_word():
    made, cable = level(answer(data=b"\xb0"), answer(data=b"AB" + OK), protocol=1)
    assert made.transmit(bytes.fromhex("00B0000002"), 0) == Answer(Code.SUCCESS, b"AB" + OK)
    assert sent(cable)[1] == (4, "")


def test_what_t0_cannot_carry_is_refused():
    made, cable = level(protocol=1)
    assert made.transmit(SELECT + b"\0", 0) == Answer(Code.COMMUNICATION_ERROR)
    assert cable.sent == []
    made, _ = level(MUTE, protocol=1)
    assert made.transmit(SELECT, 0) == Answer(Code.COMMUNICATION_ERROR)


def test_pins_are_not_put_into_blocks_and_there_is_no_nad():
    made, _ = level()
    assert made.before_pin(bytes(5)) is None
    assert made.control(NAD_CONTROL, b"\x3f\0\0") == Answer(Code.NOT_SUPPORTED)


class Recording(DirectCable):
    def exchange(self, message, timeout_s, extended, data=None):
        self.sent = [*getattr(self, "sent", ()), message + (data or b"")]
        return super().exchange(message, timeout_s, extended, data)


def test_the_whole_answer_to_a_pps_is_asked_for():
    reader = CcidReader(at_level(PLAIN, ExchangeLevel.CHARACTER))
    reader.insert(Card())
    cable = Recording(reader)
    slot = Driver(cable, reader.model).slots[0]
    slot.power_icc(Power.UP)
    assert slot.set_protocol_parameters(2).code is Code.SUCCESS
    assert (4, "ff01fe") in sent(cable)
