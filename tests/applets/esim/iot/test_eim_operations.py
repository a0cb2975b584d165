import pytest

from applets.esim.iot.eim import Eim, delete_eim, get_rat, list_eims
from tests.kits.esim.ipa import Ipa, card
from vcard import tlv


@pytest.fixture
def ipa():
    return Ipa().associated()


def listed(name, tag="82"):
    value = name.encode()
    return tlv(0x30, tlv(0x80, value), bytes.fromhex(tag + "0102")).hex()


def test_eims_are_added_listed_updated_and_deleted(ipa):
    other = Eim("other.example")
    assert ipa.do_eims(other.add()) == ["a803020100"]
    assert ipa.do_eims(list_eims())[0].endswith(listed("other.example"))
    other.counter = 7
    assert ipa.do_eims(other.update()) == ["8a0100"]
    (answer,) = ipa.perform(other.package(ipa.card.eid, get_rat()), other)
    assert answer.tag == 0xA6
    assert ipa.do_eims(delete_eim("other.example")) == ["890100"]
    assert len(ipa.card.iot.eims) == 1


def test_a_token_is_made_for_an_eim_that_asks(ipa):
    other = Eim("other.example")
    assert ipa.do_eims(other.add(token=True)) == ["a803840101"]
    other.token = 1
    assert ipa.perform(other.package(ipa.card.eid, get_rat()), other)


@pytest.mark.parametrize(
    ("operation", "outcome"), [
        (Eim("eim.example.com").add(), "a803020102"),
        (tlv(0xA8), "a803020107"),
        (tlv(0xA9), "890107"),
        (delete_eim("nobody"), "890101"),
        (Eim("nobody").update(), "8a0101"),
        (tlv(0xAA, tlv(0x80, b"eim.example.com")), "8a0107"),
    ],
)  # fmt: skip
def test_each_refusal_has_its_number(ipa, operation, outcome):
    assert ipa.do_eims(operation, list_eims()) == [outcome]


def test_version_1_has_no_number_for_an_eim_that_is_there():
    ipa = Ipa(card(version="1.0")).associated()
    assert ipa.do_eims(ipa.eim.add()) == ["a80302017f"]
    assert ipa.do_eims(list_eims())[0].endswith(listed("eim.example.com", "84"))


def test_a_proprietary_type_is_not_listed(ipa):
    fields = tlv(0x80, b"eim.example.com") + tlv(0x82, b"\3")
    assert ipa.do_eims(tlv(0xAA, fields)) == ["8a0100"]
    assert ipa.do_eims(list_eims())[0].endswith(tlv(0x30, tlv(0x80, b"eim.example.com")).hex())


def test_an_eim_may_end_its_own_association_and_signs_for_it(ipa):
    assert ipa.do_eims(delete_eim("eim.example.com")) == ["890102"]
    assert len(ipa.card.iot.eims) == 0
    assert ipa.ask(ipa.eim.eim_package(ipa.card.eid, list_eims())).children[0].tag == 0xA2


def test_a_counter_that_a_package_sets_itself_stands(ipa):
    ipa.eim.counter = 20
    assert ipa.do_eims(ipa.eim.update()) == ["8a0100"]
    assert ipa.card.iot.eims.find(b"eim.example.com").counter == 20
    ipa.do_eims(list_eims())
    assert ipa.card.iot.eims.find(b"eim.example.com").counter == 22
