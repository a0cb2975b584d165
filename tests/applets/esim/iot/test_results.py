import pytest

from applets.esim.iot.eim import enable, get_rat, list_profiles
from applets.esim.iot.results import MOST
from tests.kits.esim.ipa import A, B, Ipa, card
from vcard import Tlv


@pytest.fixture
def ipa():
    return Ipa().associated()


def test_a_result_is_kept_until_it_is_acknowledged(ipa):
    answer = ipa.ask(ipa.eim.package(ipa.card.eid, enable(B.iccid)))
    assert ipa.results() == [answer]
    number = ipa.sequence(answer)
    assert ipa.ask(f"BF2B05A0038001{number:02X}").find(0xA2).children == [answer]
    again = Ipa(card(memory=ipa.card.memory), eim=ipa.eim).start()
    assert again.results() == [answer]
    assert again.acknowledge(number) == 0
    assert again.results() == []
    assert again.acknowledge(number) == 1


def test_results_and_notifications_are_numbered_together(ipa):
    first = ipa.sequence(ipa.ask(ipa.eim.package(ipa.card.eid, enable(B.iccid))))
    assert [one[0] for one in ipa.notifications()] == [first + 1, first + 2]
    second = ipa.sequence(ipa.ask(ipa.eim.package(ipa.card.eid, enable(A.iccid))))
    assert second == first + 3
    (one,) = ipa.ask(f"BF2B05A0038001{first + 1:02X}").find(0xA0).children
    assert Tlv.parse(bytes(one)).find(0xBF2F, 0x80).value == bytes((first + 1,))
    assert ipa.acknowledge(first + 1) == 0
    assert len(ipa.results()) == 2
    assert ipa.result("BF30028100") == 127


def test_the_oldest_result_goes_when_there_is_no_room(ipa):
    for _ in range(MOST + 2):
        ipa.do(get_rat())
    numbers = [ipa.sequence(one) for one in ipa.results()]
    assert numbers == list(range(3, MOST + 3))


def test_without_a_criterion_there_are_notifications_and_in_version_1_results_too(ipa):
    ipa.do(enable(B.iccid))
    assert [part.tag for part in ipa.ask("BF2B00").children] == [0xA0]
    old = Ipa(card(version="1.0")).associated()
    assert [part.tag for part in old.ask("BF2B00").children] == [0xA0]
    old.do(enable(B.iccid))
    (both,) = old.ask("BF2B00").children
    assert both.tag == 0xA3
    assert [len(part.children) for part in both.children] == [2, 1]
    assert [part.tag for part in old.ask("BF2B06A00481020640").children] == [0xA0]


def test_long_results_come_whole(ipa):
    (listed,) = ipa.perform(ipa.eim.package(ipa.card.eid, list_profiles()))
    assert len(listed.find(0xA0).children) == 3
