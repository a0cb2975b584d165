import pytest

from applets.fido2.codes import AID as FIDO_AID
from applets.openpgp.codes import PREFIX as OPENPGP_AID
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


PIV_PIN, PIV_VERIFY = b"123456\xff\xff", (0x20, 0, 0x80)
PGP_PIN, PGP_VERIFY = b"123456", (0x20, 0, 0x82)


@pytest.mark.parametrize(
    ("aid", "other", "verify", "pin"),
    [
        (PIV_AID, OPENPGP_AID, PIV_VERIFY, PIV_PIN),
        (OPENPGP_AID, PIV_AID, PGP_VERIFY, PGP_PIN),
        (PIV_AID, OATH_AID, PIV_VERIFY, PIV_PIN),
    ],
)
def test_selecting_another_application_ends_what_was_proved(token, aid, other, verify, pin):
    host = token()
    host.select(aid)
    assert host.send(*verify, pin).sw == SW.OK
    assert host.send(*verify).sw == SW.OK
    host.select(other)
    host.select(aid)
    assert host.send(*verify).sw == SW.tries_left(3)


def test_a_command_for_piv_that_openpgp_gets_is_refused_in_its_words(token):
    host = token()
    host.select(PIV_AID)
    host.send(*PIV_VERIFY, PIV_PIN)
    host.select(OPENPGP_AID)  # another program takes the token
    assert host.send(*PIV_VERIFY, PIV_PIN).sw == SW.WRONG_P1_P2
    assert host.send(0x87, 0x11, 0x9A, b"\x7c\x02\x82\x00").sw == SW.INS_NOT_SUPPORTED


def test_there_is_one_channel(token):
    host = token()
    host.select(PIV_AID)
    assert host.send(0x70).sw == SW.INS_NOT_SUPPORTED


@pytest.mark.parametrize(("firmware", "answer"), [("4.3.7", "6D00"), ("5.7.2", "9000")])
def test_asking_old_firmware_for_what_it_has_not_ends_the_session(token, firmware, answer):
    host = token(firmware=firmware)
    host.select(PIV_AID)
    assert host.select(b"no such applet").sw == SW.FILE_NOT_FOUND
    assert str(host.send(0xFD).sw) == answer


def test_new_firmware_has_fido_over_ccid_until_it_is_disabled(token):
    host = token(firmware="5.8.0")
    assert host.select(FIDO_AID).data == b"U2F_V2"
    host.card.device.configure(bytes.fromhex("040302033B"))
    assert host.select(FIDO_AID).sw == SW.FILE_NOT_FOUND


@pytest.mark.parametrize(
    ("aid", "command", "answer"),
    [
        (OATH_AID, "00A10000", "9000"),
        (PIV_AID, "00FD0000", "0507029000"),
        (OPENPGP_AID, "00F10000", "0507029000"),
    ],
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
