import pytest

from applets.esim.euicc import Euicc
from applets.esim.small_profile import profile
from tests.kits.esim.lpa import Lpa
from vcard import Tlv

A = profile("8949000000000000018", "001010000000001")
B = profile("8949000000000000026", "001010000000002")


@pytest.fixture
def lpa():
    lpa = Lpa(Euicc((A, B), enable=1)).start()
    lpa.enable(B.iccid)
    return lpa


def test_notifications_are_listed_by_event(lpa):
    assert [one[:2] for one in lpa.notifications()] == [(1, 0x20), (2, 0x40)]
    only = lpa.ask("BF280481020640").children[0].children
    assert [one.find(0x80).value for one in only] == [b"\x02"]


def test_events_that_are_no_bit_string_are_an_undefined_error(lpa):
    assert bytes(lpa.ask("BF2803810108")).hex() == "bf280381017f"


def test_notifications_are_retrieved_by_number_by_event_or_all(lpa):
    everything = lpa.ask("BF2B00").children[0].children
    assert len(everything) == 2
    assert lpa.ask("BF2B05A003800102").children[0].children == everything[1:]
    assert lpa.ask("BF2B06A00481020520").children[0].children == everything[:1]
    assert lpa.ask("BF2B05A003800109").children[0].children == []
    assert bytes(lpa.ask("BF2B08A006800101800102")).hex() == "bf2b0381017f"


def test_a_notification_is_removed_once(lpa):
    assert lpa.result("BF3003800101") == 0
    assert lpa.result("BF3003800101") == 1
    assert lpa.result("BF3003810101") == 127
    assert [one[0] for one in lpa.notifications()] == [2]


def test_a_number_without_contents_is_wrong_data(lpa):
    assert lpa.store(bytes.fromhex("BF30028000"))[1] == 0x6A80


def test_the_answer_is_long_and_comes_in_parts(lpa):
    data, _ = lpa.store(bytes.fromhex("BF2B00"))
    assert len(data) > 1000
    assert bytes(Tlv.parse(data)) == data


def test_so_many_notifications_that_they_pass_64_kibibytes_come_whole(lpa):
    for _ in range(28):
        lpa.enable(A.iccid)
        lpa.enable(B.iccid)
    data, _ = lpa.store(bytes.fromhex("BF2B00"))
    assert len(data) > 0x10000
    assert len(Tlv.parse(data).children[0].children) == 2 * 57
