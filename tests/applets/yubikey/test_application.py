from applets.yubikey.codes import OATH_AID
from vcard import SW
from vcard.touch import Touch

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
