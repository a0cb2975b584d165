import pytest

from applets.yubikey.codes import MANAGEMENT_AID, OATH_AID, Capability
from applets.yubikey.device import available
from vcard import SW, Memory
from vcard.touch import Touch

USB = bytes.fromhex(
    "260102033B0204 00BC614E 0302033B 040101 0503050702 06020000 07010F 080100 0A0100"
)


def test_the_information_over_usb_is_the_known_list_of_fields(token):
    told = token().card.device.information(0)
    assert told[0] == len(told) - 1
    assert told[1:] == USB[1:]


def test_the_contactless_interface_has_fields_of_its_own(token):
    told = token(interface="nfc").card.device.information(0)
    assert told.endswith(bytes.fromhex("0A0100 0D02033B 0E02033B"))


def test_there_is_one_page(token):
    with pytest.raises(SW) as caught:
        token().card.device.information(1)
    assert caught.value == SW.INCORRECT_P1_P2


def test_a_serial_number_is_kept_or_random(token):
    memory = Memory()
    assert token(memory=memory).card.device.serial == 12345678
    assert token(memory=memory, serial=1).card.device.serial == 12345678
    assert 10_000_000 <= token(serial=None).card.device.serial < 19_000_000


def test_old_versions_have_fewer_applications():
    assert Capability.HSMAUTH not in available((5, 3, 1))
    assert Capability.FIDO2 not in available((4, 3, 7))
    assert Capability.U2F in available((4, 3, 7))
    assert Capability.CCID_FIDO not in available((5, 7, 2))
    assert Capability.CCID_FIDO in available((5, 8, 0))


def write(host, text):
    data = bytes.fromhex(text)
    host.select(MANAGEMENT_AID)
    return host.send(0x1C, data=bytes((len(data),)) + data).sw


def test_what_is_disabled_cannot_be_selected(token):
    host = token()
    assert write(host, "03020313") == SW.OK
    assert host.select(OATH_AID).sw == SW.FILE_NOT_FOUND
    assert write(host, "0302FFFF") == SW.OK
    assert host.select(OATH_AID).sw == SW.OK
    assert host.card.device.enabled == host.card.device.supported


def test_a_lock_code_guards_the_settings(token):
    host = token()
    code = "11" * 16
    assert write(host, "0A10" + code) == SW.OK
    assert b"\x0a\x01\x01" in host.card.device.information(0)
    assert write(host, "070114") == SW.SECURITY_STATUS_NOT_SATISFIED
    assert write(host, "0B10" + "22" * 16 + "070114") == SW.SECURITY_STATUS_NOT_SATISFIED
    assert write(host, "0B10" + code + "0C00" + "070114") == SW.OK
    assert b"\x07\x01\x14" in host.card.device.information(0)
    assert write(host, "0B10" + code + "0A10" + "00" * 16) == SW.OK
    assert write(host, "070115") == SW.OK


@pytest.mark.parametrize("text", ["04", "0401", "04010107", "0A0111", "07020001", "030133"])
def test_what_is_no_setting_is_refused_and_nothing_changes(token, text):
    host = token()
    before = dict(host.card.memory)
    assert write(host, text) == SW.WRONG_DATA
    assert dict(host.card.memory) == before


def test_settings_come_behind_their_length(token):
    host = token()
    host.select(MANAGEMENT_AID)
    for data in (b"", b"\x04\x07\x01\x14"):
        assert host.send(0x1C, data=data).sw == SW.WRONG_DATA


PUT_TOUCH = b"\x71\1a\x73\x12\x21\6" + bytes(16) + b"\x78\2"
CALCULATE = b"\x71\1a\x74\x08" + bytes(8)


def calculated(host):
    host.select(OATH_AID)
    assert host.send(0x01, data=PUT_TOUCH).sw == SW.OK
    return host.send(0xA2, 0, 1, CALCULATE).sw


def test_a_touch_is_waited_for(token):
    assert calculated(token(touch=Touch(0.5))) == SW.OK


def test_without_a_touch_the_answer_is_that_conditions_are_not_met(token):
    assert calculated(token(touch=Touch(None, timeout=1))) == SW.CONDITIONS_NOT_SATISFIED
    assert calculated(token(touch=Touch(refuses=True))) == SW.CONDITIONS_NOT_SATISFIED
