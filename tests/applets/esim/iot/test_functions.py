import pytest
from cryptography import x509

from applets.esim import Config, Euicc
from applets.esim.iot.eim import Eim, configure_immediate, enable
from applets.esim.iot.versions import VERSIONS
from applets.esim.pki import Pki
from applets.esim.versions import NEWEST
from tests.kits.esim.ipa import A, B, Ipa, card
from tests.kits.esim.lpa import ISDR
from vcard import Tlv, tlv


@pytest.fixture
def ipa():
    return Ipa().start()


def test_the_first_eims_come_together_or_not_at_all(ipa):
    one, two = Eim("one"), Eim("two")
    assert ipa.result(one.initial(two, one)) == 2
    assert len(ipa.card.iot.eims) == 0
    assert bytes(ipa.ask(one.initial(two))).hex() == "bf5706a00405000500"
    assert ipa.result(Eim("three").initial()) == 2
    named = [bytes(part.find(0x80).value) for part in ipa.ask("BF5500").find(0xA0).children]
    assert named == [b"one", b"two"]
    (only,) = ipa.ask("BF5507A0058003" + b"two".hex()).find(0xA0).children
    assert only.find(0x80).value == b"two"
    assert only.find(0x83) is None


def test_a_token_is_answered_to_who_asks(ipa):
    assert bytes(ipa.ask(Eim("one").initial(Eim("two"), token=True))).hex() == (
        "bf5708a006840101840102"
    )


@pytest.mark.parametrize("request_", ["BF5700", "BF5702A000", "BF5704A0023000", "BF5704A0028000",
                                      "BF5703A00130"])  # fmt: skip
def test_what_is_no_configuration_is_a_command_error(ipa, request_):
    assert ipa.result(request_) == 7
    assert Ipa(card(version="1.0")).start().result(request_) == 127


def test_certificates_are_told_for_the_cards_issuer(ipa):
    found = ipa.ask("BF5600").find(0xA0)
    eum, euicc = (
        x509.load_der_x509_certificate(tlv(0x30, found.find(tag).value)) for tag in (0xA5, 0xA6)
    )
    euicc.verify_directly_issued_by(eum)
    eum.verify_directly_issued_by(Pki.demo(ipa.card.eid).ci.certificate)
    (issuer,) = ipa.card.core.issuers
    assert ipa.ask(tlv(0xBF56, tlv(0x80, issuer))).find(0xA0) == found
    assert ipa.result(tlv(0xBF56, tlv(0x80, bytes(20)))) == 1


def test_a_users_functions_are_not_an_ipas():
    for tag in ("BF29", "BF31", "BF32", "BF33", "BF34"):
        assert Ipa().start().store(bytes.fromhex(tag + "00"))[1] == 0x6A88
    lenient = Ipa(card(lenient=True)).start()
    assert lenient.enable(B.iccid) == 0
    assert lenient.enabled() == B.iccid


def test_the_card_tells_what_it_is(ipa):
    assert bytes(ipa.ask("BF2200"))[-14:].hex() == "900100b409a00504030102008200"
    old = Ipa(card(version="1.0")).start()
    assert bytes(old.ask("BF2200"))[-12:].hex() == "900100b407a0050403010000"
    assert ipa.select(ISDR)[0][-6:].hex() == "e10480020640"
    assert Ipa(card(enable=0)).start().select(ISDR)[0][-5:].hex() == "e103800100"


def test_there_is_no_emergency_profile(ipa):
    assert ipa.result("BF5B038001FF") == 8
    assert ipa.result("BF5C038001FF") == 2
    assert bytes(ipa.ask("BF5F00")).hex() == "bf5f03810101"
    old = Ipa(card(version="1.0")).start()
    for tag in ("BF5B", "BF5C", "BF5D", "BF5E", "BF5F", "BF65"):
        assert old.store(bytes.fromhex(tag + "00"))[1] == 0x6A88


def test_a_memory_reset_has_a_result_for_each_part(ipa):
    ipa.associated()
    ipa.do(configure_immediate())
    ipa.card.inventory.server = "dp"
    assert bytes(ipa.ask("BF6404820201FE")).hex() == "bf6409800100810100820100"
    assert ipa.profiles() == {}
    assert len(ipa.card.iot.eims) == 0
    assert ipa.card.inventory.server == ""
    assert bytes(ipa.ask("BF6404820201FE")).hex() == "bf6409800101810101820100"
    assert bytes(ipa.ask("BF640482020204")).hex() == "bf6406800100810101"
    assert bytes(ipa.ask("BF640482020520")).hex() == "bf6403800101"
    assert ipa.result("BF6400") == 127


def test_a_memory_reset_of_version_1_has_its_own_bits_and_tags():
    old = Ipa(card(version="1.0")).associated()
    assert bytes(old.ask("BF3404820203F8")).hex() == "bf3409020100810100820100"
    assert old.profiles() == {}


def test_a_busy_terminal_holds_a_memory_reset():
    ipa = Ipa(card(proactive=True)).associated()
    ipa.do(enable(B.iccid))
    assert ipa.send("801200000B")[1] == 0x9000
    assert ipa.result("BF6404820201FE") == 5
    assert ipa.enabled() == B.iccid != A.iccid


def test_profiles_are_listed_by_the_ipa_as_by_an_lpa(ipa):
    (one, *_) = ipa.ask("BF2D00").find(0xA0).children
    assert [part.tag for part in Tlv.parse(bytes(one)).children] == [
        0x5A, 0x4F, 0x9F70, 0x91, 0x92, 0x95,
    ]  # fmt: skip
    found = ipa.profiles("5A9F67")
    assert found[B.iccid] == {0x5A: B.iccid, 0x9F67: b"\xff"}


def test_a_card_of_version_3_or_with_ports_is_not_managed_by_eims():
    for options in ({}, {"mep": "A1", "ports": 2}):
        with pytest.raises(ValueError, match="for cards of version 2"):
            Euicc(config=Config(version=NEWEST, iot=VERSIONS["1.2"]), **options)
