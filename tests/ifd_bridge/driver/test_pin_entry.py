from ifd_bridge.driver.apdu_levels import Level
from ifd_bridge.driver.link import Reply
from ifd_bridge.driver.part10 import Feature
from ifd_bridge.ifdh.api import Answer, Code
from tests.kits.bridge.fakes import FAILED, answer, features

OK = answer(0x80, b"\x90\x00")
VERIFY = bytes.fromhex("1E1E820000080402010904000000000D0000000020008008FFFFFFFFFFFFFFFF")
MODIFY = bytes.fromhex("1E1E82000000080804030203090400010200000015000000 0024008010" + "FF" * 16)


def test_a_verification_goes_to_the_reader_as_the_genuine_driver_sends_it():
    slot, cable = features(OK)
    reply = slot.control(Feature.VERIFY_PIN_DIRECT.control_code, VERIFY)
    assert reply == Answer(Code.SUCCESS, b"\x90\x00")
    assert cable.sent[0].hex() == (
        "691c0000000000000000" + "001e820000080402010904000000000020008008" + "ff" * 8
    )
    assert cable.timeouts == [90.0]


def test_a_modification_goes_to_the_reader_as_the_genuine_driver_sends_it():
    slot, cable = features(OK)
    reply = slot.control(Feature.MODIFY_PIN_DIRECT.control_code, b"\xff" + MODIFY[1:])
    assert reply == Answer(Code.SUCCESS, b"\x90\x00")
    assert cable.sent[0].hex() == (
        "69290000000000000000" + "01ff8200000008080403020309040001020000000024008010" + "ff" * 16
    )
    assert cable.timeouts == [265.0]


def test_a_wrong_structure_is_refused_and_costs_a_sequence_number():
    cases = [
        (Feature.VERIFY_PIN_DIRECT, VERIFY[:22]),
        (Feature.VERIFY_PIN_DIRECT, b""),
        (Feature.VERIFY_PIN_DIRECT, VERIFY + b"\0"),
        (Feature.MODIFY_PIN_DIRECT, MODIFY[:27]),
        (Feature.MODIFY_PIN_DIRECT, MODIFY[:-1]),
        (Feature.MODIFY_PIN_DIRECT, MODIFY[:11] + b"\x04" + MODIFY[12:]),
    ]
    for feature, data in cases:
        slot, cable = features(OK)
        assert slot.control(feature.control_code, data) == Answer(Code.NOT_SUPPORTED)
        assert cable.sent == []
        slot.control(Feature.VERIFY_PIN_DIRECT.control_code, VERIFY)
        assert cable.sent[0][6] == 1


def test_what_the_reader_says_of_an_entry_is_the_answer():
    cases = [
        (answer(status=0x40, error=0xF0), Answer(Code.SUCCESS, b"\x64\x00")),
        (answer(status=0x40, error=0xEF), Answer(Code.SUCCESS, b"\x64\x01")),
        (answer(data=b"\x64\x02"), Answer(Code.SUCCESS, b"\x64\x02")),
        (answer(status=0x40, error=0x00), Answer(Code.COMMUNICATION_ERROR)),
        (answer(status=0x42, error=0xFE), Answer(Code.ICC_NOT_PRESENT)),
        (None, Answer(Code.COMMUNICATION_ERROR)),
    ]
    for raw, expected in cases:
        slot, _ = features(raw)
        assert slot.control(Feature.VERIFY_PIN_DIRECT.control_code, VERIFY) == expected


class Wrapping(Level):
    """A level whose APDUs travel in blocks."""

    def before_pin(self, apdu):
        return bytes((0, 0x40, len(apdu)))

    def after_pin(self, reply):
        return Reply(reply.code, reply.data[3:-1])

    def control(self, code, data):
        return Answer(Code.SUCCESS, data) if code == 0x42000000 + 3600 else None


def test_a_level_wraps_pin_commands_and_has_control_codes():
    block = answer(data=bytes.fromhex("004002 9000 d2"))
    slot, cable = features(block, block, level=Wrapping)
    for feature, data in (
        (Feature.VERIFY_PIN_DIRECT, VERIFY),
        (Feature.MODIFY_PIN_DIRECT, MODIFY),
    ):
        assert slot.control(feature.control_code, data).data == b"\x90\x00"
    assert cable.sent[0][22:25] == bytes((0, 0x40, 13))
    assert cable.sent[1][27:30] == bytes((0, 0x40, 21))
    assert slot.control(0x42000000 + 3600, b"hi").data == b"hi"


def test_one_keypad_is_told_first_to_append_the_pin():
    bare = VERIFY[:3] + b"\0" + VERIFY[4:15] + b"\4\0\0\0" + VERIFY[19:23]
    slot, cable = features(answer(0x83), OK, reader_id=0x04E6E003)
    assert slot.control(Feature.VERIFY_PIN_DIRECT.control_code, bare).data == b"\x90\x00"
    assert [message[0] for message in cable.sent] == [0x6B, 0x69]
    assert [message[6] for message in cable.sent] == [1, 2]
    assert cable.sent[0][10:].hex() == "800200"
    slot, cable = features(answer(0x83, status=FAILED), reader_id=0x04E6E003)
    refused = slot.control(Feature.VERIFY_PIN_DIRECT.control_code, bare)
    assert refused == Answer(Code.COMMUNICATION_ERROR)


# Escapes
