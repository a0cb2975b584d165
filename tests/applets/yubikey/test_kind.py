import pytest

from applets.yubikey.codes import Capability
from applets.yubikey.kind import CAPABILITIES, KIND


def test_capabilities_are_names_separated_by_commas():
    assert CAPABILITIES.of({"capabilities": "piv,oath"}) == Capability.PIV | Capability.OATH
    with pytest.raises(ValueError, match="some of otp, u2f, openpgp, piv"):
        CAPABILITIES.of({"capabilities": "piv,solitaire"})


def test_commands_with_keys_are_secret():
    hidden = {(secret.ins, secret.p1) for secret in KIND.secrets if secret.p1 == {0x00}}
    assert {ins for ins, _ in hidden} == {0x02, 0x03, 0x08, 0x1C, 0xDA}


def test_a_token_on_usb_is_reader_and_card_in_one():
    assert KIND.reader({}) == "yubikey"
    assert KIND.reader({"interface": "nfc"}) == ""
