import pytest

from applets.fido2.codes import AID as FIDO_AID
from applets.piv import AID as PIV_AID
from applets.yubikey import YubiKey
from applets.yubikey.codes import OATH_AID, Capability
from tests.kits.secure_channel import Host as SecureHost
from vcard import SW


def test_the_interface_decides_the_atr_and_whether_fido_is_there(token):
    usb, nfc = token(), token(interface="nfc")
    assert usb.card.atr.hex().startswith("3bfd")
    assert nfc.card.atr.hex().startswith("3b8d")
    assert usb.select(FIDO_AID).sw == SW.FILE_NOT_FOUND
    assert nfc.select(FIDO_AID).data == b"U2F_V2"


def test_piv_has_the_tokens_serial_number_and_version(token):
    host = token(firmware="5.4.3")
    host.select(PIV_AID)
    assert host.send(0xF8).data == (12345678).to_bytes(4, "big")
    assert host.send(0xFD).data == b"\5\4\3"


def test_what_a_token_has_not_cannot_be_selected(token):
    host = token(capabilities=Capability.PIV)
    assert host.select(OATH_AID).sw == SW.FILE_NOT_FOUND
    assert host.select(PIV_AID).sw == SW.OK


def test_selecting_another_application_ends_the_session_of_piv(token):
    host = token()
    host.select(PIV_AID)
    assert host.send(0x20, 0, 0x80, b"123456\xff\xff").sw == SW.OK
    assert host.send(0x20, 0, 0x80).sw == SW.OK
    host.select(OATH_AID)
    host.select(PIV_AID)
    assert host.send(0x20, 0, 0x80).sw == SW.tries_left(3)


@pytest.mark.parametrize(
    ("aid", "command", "answer"),
    [(OATH_AID, "00A10000", "9000"), (PIV_AID, "00FD0000", "0507029000")],
)
def test_applications_are_reached_through_the_secure_channel(token, aid, command, answer):
    host = token()
    host.select(aid)
    secure = SecureHost(host.card.exchange)
    assert secure.open().hex() == "9000"
    assert secure.send(command + "00") == answer


@pytest.mark.parametrize("wrong", [{"interface": "bus"}, {"firmware": "6"}])
def test_what_does_not_exist_is_refused(wrong):
    with pytest.raises(ValueError, match="is one of"):
        YubiKey(**wrong)
