import pytest

from applets.uicc.atr import answer_to_reset
from vcard import Atr


@pytest.mark.parametrize("protocols", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("tb", [None, 0x82])
def test_an_atr_is_without_fault(protocols, tb):
    atr = Atr.parse(answer_to_reset(protocols, b"\x80\x31\xe0", tb))
    assert not atr.problems
    assert atr.protocols == protocols


def test_a_plain_card_begins_as_usims_do():
    assert answer_to_reset((0,), bytes(15))[:6].hex() == "3b9f96801fc7"


def test_other_protocols_are_the_callers_fault():
    with pytest.raises(ValueError, match="T=0, T=1 or both"):
        answer_to_reset((2,), b"")
