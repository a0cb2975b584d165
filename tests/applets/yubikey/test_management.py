import pytest

from applets.yubikey.codes import MANAGEMENT_AID
from vcard import SW


def test_select_tells_the_version(token):
    assert b"5.7.2" in token().select(MANAGEMENT_AID).data


def test_the_information_is_read_by_page(token):
    host = token()
    host.select(MANAGEMENT_AID)
    assert host.send(0x1D).data == host.card.device.information(0)
    assert host.send(0x1D, 1).sw == SW.INCORRECT_P1_P2


@pytest.mark.parametrize(
    ("firmware", "data", "sw"),
    [
        ("5.7.2", bytes(4), SW.INS_NOT_SUPPORTED),
        ("4.3.7", bytes(3), SW.WRONG_LENGTH),
        ("4.3.7", bytes(4), SW.OK),
    ],
)
def test_modes_are_for_old_firmware(token, firmware, data, sw):
    host = token(firmware=firmware)
    host.select(MANAGEMENT_AID)
    assert host.send(0x16, 0x11, data=data).sw == sw


def test_data_are_echoed(token):
    host = token()
    host.select(MANAGEMENT_AID)
    assert host.send(0x01, data=b"echo").data == b"echo"
