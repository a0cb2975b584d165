import pytest

from applets.sim.digits import imsi_bytes
from applets.sim.suci.identity import Choice, chosen, suci
from applets.sim.suci.schemes import SchemeId
from vcard.tlv import tlv

A, B = bytes(range(32)), b"\x04" + bytes(64)


def info(*pairs):
    keys = tlv(0xA1, tlv(0x80, b"\x1b"), tlv(0x81, B), tlv(0x80, b"\x1e"), tlv(0x81, A))
    return tlv(0xA0, bytes(byte for pair in pairs for byte in pair)) + keys


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (info((2, 1), (1, 2), (0, 0)), Choice(SchemeId.PROFILE_B, 0x1B, B)),
        (info((1, 2)), Choice(SchemeId.PROFILE_A, 0x1E, A)),
        (info((3, 1), (1, 2)), Choice(SchemeId.PROFILE_A, 0x1E, A)),  # a scheme that is not ours
        (info((1, 3), (0, 0), (1, 2)), Choice()),  # no such key
        (info(), Choice()),
        (b"\xff" * 40, Choice()),
        (b"", Choice()),
    ],
)
def test_the_scheme_of_the_highest_priority_is_chosen(content, expected):
    assert chosen(content) == expected


def test_an_identity_in_the_null_scheme_is_readable():
    made = suci(imsi_bytes("262420123456789"), 2, b"\x17\xff", Choice())
    assert made.hex() == "01" + "62f224" + "17ff" + "0000" + "1032547698"


def test_the_network_code_may_have_three_digits():
    made = suci(imsi_bytes("310150123456789"), 3, b"", Choice())
    assert made.hex() == "01" + "130051" + "f0ff" + "0000" + "21436587f9"


def test_a_number_that_is_none_is_an_error():
    for content in (b"", b"\x08" + b"\xff" * 8):
        with pytest.raises(ValueError, match="no IMSI"):
            suci(content, 2, b"", Choice())
