import pytest

from applets.esim.iot import packages
from applets.esim.iot.eim import Eim, disable, enable, get_rat, list_profiles
from tests.kits.esim.ipa import A, B, Ipa, card
from vcard import Tlv, tlv


@pytest.fixture
def ipa():
    return Ipa().associated(token=True)


def kind(answer):
    return Tlv.parse(bytes(answer)).children[0].tag


def error(ipa, package):
    answer = ipa.ask(package)
    assert kind(answer) == 0xA1
    (code,) = ipa.eim.outcomes(bytes(answer), ipa.card.core.euicc.certificate)
    return code.value[0]


def test_a_package_is_done_in_order_and_its_result_signed(ipa):
    found = ipa.do(disable(A.iccid), enable(B.iccid), get_rat())
    assert found == ["840100", "830100", "a613301180020560a10730058003eeeeee82020780"]
    assert ipa.enabled() == B.iccid


def test_a_package_of_somebody_else_is_refused_without_a_signature(ipa):
    stranger = Eim("stranger.example")
    answer = ipa.ask(stranger.package(ipa.card.eid, enable(B.iccid), transaction=b"\7"))
    assert bytes(answer).hex() == "bf5117a215" + tlv(0x80, b"stranger.example").hex() + "820107"
    forged = Eim("eim.example.com", key=stranger.key)
    forged.token = ipa.eim.token
    answer = ipa.ask(forged.package(ipa.card.eid, enable(B.iccid)))
    assert answer.find(0xA2, 0x84).value == b"\1"
    assert answer.find(0xA2, 0x82) is None
    assert ipa.enabled() == A.iccid


def test_version_1_does_not_name_the_transaction_of_an_unsigned_error():
    ipa = Ipa(card(version="1.0")).associated()
    answer = ipa.ask(Eim("stranger").package(ipa.card.eid, enable(B.iccid), transaction=b"\7"))
    assert answer.find(0xA2, 0x82) is None


def test_the_token_is_part_of_what_is_signed(ipa):
    ipa.eim.token = 0
    assert kind(ipa.ask(ipa.eim.package(ipa.card.eid, enable(B.iccid)))) == 0xA2


def test_a_package_for_another_card_is_refused(ipa):
    assert error(ipa, ipa.eim.package("89" * 16, enable(B.iccid))) == 3
    assert ipa.results() == []


def test_a_package_is_done_once(ipa):
    package = ipa.eim.package(ipa.card.eid, enable(B.iccid))
    ipa.perform(package)
    assert error(ipa, package) == 4
    ipa.eim.counter = 0
    assert error(ipa, ipa.eim.package(ipa.card.eid, enable(A.iccid))) == 4
    assert ipa.enabled() == B.iccid


def test_a_counter_out_of_range_is_refused(ipa):
    ipa.eim.counter = 0x7FFFFF
    assert error(ipa, ipa.eim.package(ipa.card.eid, enable(B.iccid))) == 6


def test_the_first_failure_ends_a_package_and_what_was_done_stays(ipa):
    assert ipa.do(disable(A.iccid), enable(A.iccid[::-1]), enable(B.iccid)) == ["840100", "830101"]
    assert ipa.enabled() == b""


def test_what_is_no_operation_ends_a_package(ipa):
    assert ipa.do(tlv(0xB8), enable(B.iccid)) == ["020102"]
    assert ipa.do(get_rat(), b"\xa3\x05\x5a")[1:] == ["020102"]
    assert ipa.do() == ["020102"]
    assert ipa.do(b"\xa3\x01\x5a") == ["020102"]
    assert ipa.do_eims(tlv(0xA3)) == ["020102"]
    assert ipa.enabled() == A.iccid


def test_a_package_of_neither_kind_is_damaged(ipa):
    assert [
        bytes(one).hex() for one in ipa.perform(ipa.eim._package(0xA2, ipa.card.eid, (), b""))
    ] == ["020102"]


def test_more_results_than_there_is_room_for_end_a_package(ipa, monkeypatch):
    monkeypatch.setattr(packages, "RESULT_LIMIT", 100)
    assert ipa.do(get_rat(), list_profiles(), enable(B.iccid))[1:] == ["020101"]
    assert ipa.enabled() == A.iccid


@pytest.mark.parametrize("request_", ["BF5100", "BF51023000", "BF510530005F3700"])
def test_what_is_no_package_is_wrong_data(ipa, request_):
    before = ipa.card.memory.snapshot()
    assert ipa.store(bytes.fromhex(request_))[1] == 0x6A80
    assert ipa.card.memory.snapshot() == before


def test_the_transaction_is_told_in_the_result(ipa):
    answer = ipa.ask(ipa.eim.package(ipa.card.eid, get_rat(), transaction=b"\1\2"))
    assert answer.find(0xA0, 0x30, 0x82).value == b"\1\2"
