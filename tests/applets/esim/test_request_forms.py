import pytest

from applets.esim.core import Config
from applets.esim.euicc import Euicc
from applets.esim.small_profile import profile
from tests.kits.esim.lpa import Lpa

A = profile("8949000000000000018", "001010000000001")
B = profile("8949000000000000026", "001010000000002")
ICCID = B.iccid.hex()


def made(**config):
    lpa = Lpa(Euicc((A, B), enable=1, config=Config(**config))).start()
    assert lpa.enable(B.iccid) == 0
    return lpa


REFUSED = {
    "BF2B03800101": "BF2B0381017F",  # a criterion outside of its choice
    "BF2B08A003800101800102": "BF2B0381017F",
    "BF2B0AA003800101A003800102": "BF2B0381017F",
    "BF2806A00481020640": "BF280381017F",
    "BF2808810206408102064" + "0": "BF280381017F",
    "BF2D035A0100": "BF2D03810101",
    "BF2D085C015AA0039501" + "02": "BF2D03810101",  # in the wrong order
    "BF3003810101": "BF300380017F",
    "BF3400": "BF340380017F",
    f"BF310EA00C5A0A{ICCID}": "BF310380017F",
    f"BF3111810100A00C5A0A{ICCID}": "BF310380017F",
    f"BF320EA00C5A0A{ICCID}": "BF320380017F",
}


@pytest.mark.parametrize("request_", REFUSED)
def test_a_request_of_a_wrong_form_is_refused_and_changes_nothing(request_):
    lpa = made()
    before = lpa.card.memory.snapshot()
    assert bytes(lpa.ask(request_)).hex().upper() == REFUSED[request_]
    assert lpa.card.memory.snapshot() == before


@pytest.mark.parametrize(
    "request_", ["BF2B08A003800101850101", "BF2807810206408401" + "00", "BF30068001018501FF"]
)
def test_fields_of_later_versions_are_passed_over(request_):
    assert bytes(made().ask(request_))[-3:] != bytes.fromhex("81017F")


def test_a_lenient_card_guesses_what_was_meant():
    lpa = made(lenient=True)
    everything = lpa.ask("BF2B00")
    assert lpa.ask("BF2B03800101") == everything
    assert lpa.ask("BF2806A00481020640") == lpa.ask("BF2800")
    assert lpa.result("BF3003810101") == 127
    assert lpa.result("BF3400") == 127
    assert bytes(lpa.ask("BF2B08A006800101800102")).hex() == "bf2b0381017f"
    assert lpa.result(f"BF310EA00C5A0A{A.iccid.hex()}") == 0
    assert lpa.result(f"BF320EA00C5A0A{A.iccid.hex()}") == 0


def test_what_is_no_data_object_is_wrong_data_for_both():
    for lenient in (False, True):
        assert made(lenient=lenient).store(bytes.fromhex("BF2B03A00480"))[1] == 0x6A80
