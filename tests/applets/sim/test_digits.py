import pytest

from applets.sim import digits


def test_an_iccid_is_nibble_swapped_and_padded():
    raw = digits.iccid_bytes("8949449999999990130")
    assert raw.hex() == "989444999999990931f0"
    assert digits.unswapped(raw) == "8949449999999990130"


def test_an_imsi_has_its_length_and_parity_in_front():
    assert digits.imsi_bytes("001010123456063").hex() == "080910101032540636"
    assert digits.imsi_bytes("00101012345606").hex() == "0801101010325406f6"


@pytest.mark.parametrize("text", ["", "12", "8949449999999990X30", "1" * 21])
def test_a_malformed_iccid_is_the_callers_fault(text):
    with pytest.raises(ValueError, match="ICCID"):
        digits.iccid_bytes(text)


@pytest.mark.parametrize("text", ["", "12345", "1" * 16, "abcdef"])
def test_a_malformed_imsi_is_the_callers_fault(text):
    with pytest.raises(ValueError, match="IMSI"):
        digits.imsi_bytes(text)
