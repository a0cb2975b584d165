import pytest

from applets.esim.iot import eim
from applets.esim.iot.eim import (
    configure_immediate,
    delete,
    disable,
    enable,
    list_profiles,
    set_fallback,
    unset_fallback,
)
from applets.esim.profiles import Policy
from applets.esim.small_profile import profile
from tests.kits.esim.ipa import A, B, C, Ipa, card
from vcard import Tlv, tlv

HELD = profile("8949000000000000042", "001010000000004",
               policy=Policy.NO_DISABLE | Policy.NO_DELETE)  # fmt: skip
UNKNOWN = bytes(10)


@pytest.fixture
def ipa():
    return Ipa().associated()


def test_profiles_are_enabled_disabled_and_deleted(ipa):
    assert ipa.do(enable(B.iccid)) == ["830100"]
    assert ipa.do(delete(A.iccid)) == ["850100"]
    assert ipa.do(disable(B.iccid)) == ["840100"]
    assert ipa.enabled() == b""
    assert [one.iccid for one in ipa.card.inventory] == [B.iccid, C.iccid]


REFUSED = [
    ("1.2", [A, B], [enable(UNKNOWN)], "830101"),
    ("1.2", [A, B], [enable(A.iccid[:9])], "830101"),
    ("1.2", [A, B], [tlv(0xA3)], "830101"),
    ("1.2", [A, B], [enable(A.iccid)], "830102"),
    ("1.2", [HELD, B], [enable(B.iccid)], "830103"),
    ("1.0", [HELD, B], [enable(B.iccid)], "83017f"),
    ("1.2", [A, B], [disable(A.iccid), enable(B.iccid), enable(A.iccid)], "83017f"),
    ("1.2", [A, B], [disable(UNKNOWN)], "840101"),
    ("1.2", [A, B], [disable(B.iccid)], "840102"),
    ("1.2", [HELD, B], [disable(HELD.iccid)], "840103"),
    ("1.2", [A, B], [enable(B.iccid), disable(B.iccid)], "84017f"),
    ("1.2", [A, B], [disable(A.iccid), disable(B.iccid)], "84017f"),
    ("1.2", [A, B], [delete(UNKNOWN)], "850101"),
    ("1.2", [A, B], [delete(A.iccid)], "850102"),
    ("1.2", [A, HELD], [delete(HELD.iccid)], "850103"),
    ("1.2", [A, B], [enable(B.iccid, rollback=True), delete(A.iccid)], "850114"),
    ("1.0", [A, B], [enable(B.iccid, rollback=True), delete(A.iccid)], "85017f"),
    ("1.2", [A, B], [set_fallback(UNKNOWN)], "8d0101"),
    ("1.2", [A, B], [set_fallback(A.iccid)], "8d0102"),
    ("1.2", [A, B], [unset_fallback()], "8e0102"),
    ("1.0", [A, B], [set_fallback(B.iccid)], "020102"),
    ("1.2", [A, B], [enable(B.iccid), list_profiles()], "bf2d0381010b"),
    ("1.2", [A, B], [tlv(0xBF2D, tlv(0x5C, b"\x9f"))], "bf2d03810101"),
]


@pytest.mark.parametrize(("version", "profiles", "operations", "outcome"), REFUSED)
def test_each_refusal_has_its_number(version, profiles, operations, outcome):
    ipa = Ipa(card(*profiles, version=version)).associated()
    assert ipa.do(*operations)[-1] == outcome


def test_a_rollback_needs_something_to_go_back_to():
    ipa = Ipa(card(A, B, enable=0)).associated()
    assert ipa.do(enable(B.iccid, rollback=True)) == ["830114"]
    assert ipa.do(enable(B.iccid)) == ["830100"]
    assert ipa.do(disable(B.iccid), enable(A.iccid, rollback=True)) == ["840100", "830100"]
    assert ipa.card.iot.recovery.rollback_target == B.iccid


def test_a_terminal_that_is_busy_holds_enabling_and_disabling():
    ipa = Ipa(card(proactive=True)).associated()
    assert ipa.do(enable(B.iccid)) == ["830100"]
    assert ipa.send("801200000B")[1] == 0x9000
    assert ipa.do(enable(A.iccid)) == ["830105"]
    assert ipa.do(disable(B.iccid)) == ["840105"]
    assert ipa.do(delete(A.iccid)) == ["850100"]


def test_the_usual_fields_of_a_list_are_those_of_the_version(ipa):
    ipa.do(set_fallback(B.iccid))
    (listed,) = ipa.perform(ipa.eim.package(ipa.card.eid, list_profiles()))
    infos = listed.find(0xA0).children
    assert [[part.tag for part in info.children] for info in infos] == [
        [0x5A, 0x4F, 0x9F70, 0x91, 0x92, 0x95],
        [0x5A, 0x4F, 0x9F70, 0x91, 0x92, 0x95, 0x9F26, 0x9F67],
        [0x5A, 0x4F, 0x9F70, 0x91, 0x92, 0x95, 0x9F67],
    ]
    (some,) = ipa.perform(ipa.eim.package(ipa.card.eid, list_profiles(b"\x5a")))
    assert [part.tag for part in some.find(0xA0).children[0].children] == [0x5A]


def test_version_1_has_no_word_of_fallback():
    ipa = Ipa(card(version="1.0")).associated()
    listed = ipa.do(list_profiles(bytes.fromhex("5A9F269F67")))
    assert "9f67" not in listed[0]


def test_immediate_enabling_is_configured(ipa):
    assert ipa.do(configure_immediate(address="dp.example.com", server=b"\x2a")) == ["870100"]
    assert ipa.card.memory["iot/immediate"] == (b"\x2a", b"dp.example.com")
    assert ipa.do(configure_immediate(enabled=False)) == ["870100"]
    assert ipa.card.memory["iot/immediate"] is None


def test_the_default_address_is_set(ipa):
    assert ipa.do(eim.set_default_address("dp.example.com")) == ["bf6503800100"]
    assert ipa.card.inventory.server == "dp.example.com"
    assert ipa.do(tlv(0xBF65)) == ["bf650380017f"]
    assert ipa.do(tlv(0xBF65, tlv(0x80, b"\xff"))) == ["bf650380017f"]
    assert Tlv.parse(bytes(ipa.ask("BF6503800161"))).find(0x80).value == b"\0"
    assert ipa.card.inventory.server == "a"
