import pytest

from ifd_bridge.cards.built_in import reader_of


@pytest.mark.parametrize(
    ("spec", "reader"),
    [
        ("yubikey", "yubikey"),
        ("yubikey?interface=nfc", ""),
        ("yubikey?interface=wrong", ""),
        ("fido2", ""),
        ("fido2?interfaces=ccid,fido", "security-key"),
        ("hello", ""),
        ("cards.py:card", ""),
        ("yubikey?=", ""),
        ("", ""),
    ],
)
def test_a_token_on_usb_brings_its_reader(spec, reader):
    assert reader_of(spec) == reader
