import pytest
from hypothesis import given
from hypothesis import strategies as st

from ifd_bridge.driver.part10 import Feature, PinProperties, Property


def test_features_are_told_with_their_control_codes():
    assert bytes(Feature.VERIFY_PIN_DIRECT).hex() == "060442330006"
    assert bytes(Feature.CCID_ESC_COMMAND).hex() == "130442000001"


def test_properties_are_little_endian():
    assert Property.PRODUCT.number(0x3478, 2).hex() == "0c027834"
    assert Property.FIRMWARE_ID.text(b"abc").hex() == "0803616263"


def test_pin_properties_have_four_bytes():
    assert bytes(PinProperties(0x0210, 7)).hex() == "10020700"
    assert PinProperties.parse(bytes.fromhex("10020700")) == PinProperties(0x0210, 7)
    with pytest.raises(ValueError, match="offset 3: PIN properties have 4 bytes"):
        PinProperties.parse(b"\0\0\0")


@given(raw=st.binary(max_size=6))
def test_any_properties_are_read_and_written_back_or_refused(raw):
    try:
        properties = PinProperties.parse(raw)
    except ValueError:
        return
    assert bytes(properties) == raw
