import pytest

from applets.esim.euicc import Euicc
from applets.esim.small_profile import from_toml, profile
from tests.kits.esim.lpa import Lpa
from vcard import Tlv

A = profile("8949000000000000018", "001010000000001", name="A")
B = profile("8949000000000000026", "001010000000002", name="B")


@pytest.fixture
def lpa():
    return Lpa(Euicc((A, B), enable=1)).start()


def test_profiles_are_listed_with_the_usual_fields(lpa):
    found = lpa.profiles()
    assert list(found) == [A.iccid, B.iccid]
    assert list(found[A.iccid]) == [0x5A, 0x4F, 0x9F70, 0x91, 0x92, 0x95]
    assert found[A.iccid][0x9F70] == b"\1"
    assert found[B.iccid][0x9F70] == b"\0"


def test_fields_that_are_asked_for_are_given_and_others_ignored(lpa):
    found = lpa.profiles("5A9F7099B6BF76FF21B79F2590")
    assert list(found[A.iccid]) == [0x5A, 0x9F70, 0xB6, 0x9F25]


def test_profiles_are_found_by_iccid_aid_and_class(lpa):
    for criterion, count in (
        (b"\x5a\x0a" + B.iccid, 1),
        (b"\x4f\x10" + lpa.card.inventory.find(iccid=B.iccid).aid, 1),
        (b"\x95\x01\x02", 2),
        (b"\x95\x01\x00", 0),
    ):
        body = b"\xa0" + bytes((len(criterion),)) + criterion
        answer = lpa.ask(b"\xbf\x2d" + bytes((len(body),)) + body)
        assert len(answer.children[0].children) == count


@pytest.mark.parametrize("request_", ["BF2D02A000", "BF2D05A003910141", "BF2D035C019F"])
def test_a_criterion_or_tag_list_that_is_none_is_incorrect_input(lpa, request_):
    assert bytes(lpa.ask(request_)).hex() == "bf2d03810101"


def test_no_state_is_told_while_a_terminal_has_a_refresh_to_do():
    lpa = Lpa(Euicc((A, B), enable=1, proactive=True)).start()
    lpa.enable(B.iccid)
    assert bytes(lpa.ask("BF2D00")).hex() == "bf2d0381017f"
    assert bytes(lpa.ask("BF2D045C029F70")).hex() == "bf2d0381017f"
    assert list(lpa.profiles("5A92")) == [A.iccid, B.iccid]
    lpa.send("801200000B")
    assert bytes(lpa.ask("BF2D00")).hex() == "bf2d0381017f"
    lpa.send("801400000C810301010482028281830100")
    assert lpa.profiles()[B.iccid][0x9F70] == b"\1"


RULED = """
iccid = "8949000000000000018"
imsi = "001010000000001"

[[privileges]]
certificate = "61ED377E85D386A8DFEE6B864BD85B0BFAA5AF81"
package = "com.example.carrier"

[[privileges]]
certificate = "61ED377E85D386A8DFEE6B864BD85B0BFAA5AF8161ED377E85D386A8DFEE6B86"
"""


def test_carrier_privilege_rules_come_back_when_they_are_asked_for():
    lpa = Lpa(Euicc((from_toml(RULED),))).start()
    (plain,) = lpa.profiles().values()
    assert 0xBF76 not in plain
    (fields,) = lpa.profiles("5ABF76").values()
    one, other = Tlv(0xBF76, fields[0xBF76]).children
    assert bytes(one).hex().upper() == (
        "E239E12BC11461ED377E85D386A8DFEE6B864BD85B0BFAA5AF81"
        "CA13636F6D2E6578616D706C652E63617272696572E30ADB080000000000000001"
    )
    assert len(other.find(0xE1, 0xC1).value) == 32
    assert other.find(0xE1, 0xCA) is None
