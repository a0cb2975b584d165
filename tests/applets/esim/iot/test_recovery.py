import pytest

from applets.esim import Pki
from applets.esim.eid import numbered
from applets.esim.iot.eim import (
    configure_immediate,
    delete,
    disable,
    enable,
    get_rat,
    set_fallback,
    unset_fallback,
)
from applets.esim.profiles import Policy
from applets.esim.small_profile import profile
from tests.kits.esim.ipa import A, B, C, Ipa, card
from tests.kits.esim.smdp import Smdp
from vcard import tlv

EID = numbered(1)
ROLL_BACK, FALL_BACK, RETURN = "BF58038001FF", "BF5D038001FF", "BF5E038001FF"


@pytest.fixture
def ipa():
    return Ipa().associated()


def rolled_back(ipa, request=ROLL_BACK):
    answer = ipa.ask(request)
    number = answer.find(0x02).value[0]
    if number:
        assert len(answer.children) == 1
        return number
    certificate = ipa.card.core.euicc.certificate
    (outcome,) = ipa.eim.outcomes(bytes(answer.children[1]), certificate)
    return bytes(outcome).hex()


def test_a_rollback_enables_what_was_enabled_and_its_result_replaces_the_first(ipa):
    ipa.do(enable(B.iccid, rollback=True))
    (first,) = ipa.results()
    assert rolled_back(ipa) == "8c0100"
    assert ipa.enabled() == A.iccid
    (only,) = ipa.results()
    assert ipa.sequence(only) > ipa.sequence(first)
    assert rolled_back(ipa) == 1


def test_a_permission_survives_a_reset_and_ends_with_the_next_package(ipa):
    ipa.do(enable(B.iccid, rollback=True))
    again = Ipa(card(memory=ipa.card.memory), eim=ipa.eim).start()
    again.do(get_rat())
    assert rolled_back(again) == 1
    assert again.enabled() == B.iccid


def test_a_rollback_that_nobody_permitted_is_none(ipa):
    assert rolled_back(ipa) == 1
    ipa.do(enable(B.iccid))
    assert rolled_back(ipa) == 1
    ipa.do(enable(A.iccid, rollback=True))
    ipa.card.iot.eims.clear()
    assert rolled_back(ipa) == 1


def test_a_rollback_without_its_flag_is_a_command_error(ipa):
    assert rolled_back(ipa, "BF5800") == 7


def test_a_busy_terminal_or_a_policy_holds_a_rollback():
    ipa = Ipa(card(proactive=True)).associated()
    ipa.do(enable(B.iccid, rollback=True))
    assert ipa.send("801200000B")[1] == 0x9000
    assert rolled_back(ipa, "BF5803800100") == 5
    held = profile("8949000000000000042", "001010000000004", policy=Policy.NO_DISABLE)
    ipa = Ipa(card(A, held)).associated()
    ipa.do(enable(held.iccid, rollback=True))
    assert rolled_back(ipa) == 127


def test_the_profile_to_roll_back_to_is_not_deleted_by_a_later_operation(ipa):
    assert ipa.do(enable(B.iccid, rollback=True), delete(A.iccid)) == ["830100", "850114"]
    assert ipa.do(delete(A.iccid)) == ["850100"]  # the permission had ended with this package


def test_a_fallback_and_the_return_from_it(ipa):
    assert ipa.result(FALL_BACK) == 6
    assert ipa.do(set_fallback(B.iccid), set_fallback(B.iccid)) == ["8d0100", "8d0100"]
    assert ipa.result(RETURN) == 6
    assert ipa.result(FALL_BACK) == 0
    assert ipa.enabled() == B.iccid
    assert ipa.result(FALL_BACK) == 2
    assert ipa.do(delete(A.iccid)) == ["850115"]
    assert ipa.do(unset_fallback()) == ["8e0103"]
    assert ipa.do(set_fallback(C.iccid)) == ["8d0103"]
    assert ipa.result(RETURN) == 0
    assert ipa.enabled() == A.iccid
    assert ipa.result(RETURN) == 6
    assert ipa.do(unset_fallback(), unset_fallback()) == ["8e0100", "8e0102"]


def test_there_is_nothing_to_return_to_once_another_profile_was_enabled(ipa):
    ipa.do(set_fallback(B.iccid))
    ipa.result(FALL_BACK)
    ipa.do(enable(C.iccid))
    assert ipa.result(RETURN) == 6
    assert ipa.enabled() == C.iccid


def test_a_fallback_profile_that_was_deleted_is_none(ipa):
    ipa.do(set_fallback(B.iccid))
    ipa.do(delete(B.iccid))
    assert ipa.result(FALL_BACK) == 6


def test_a_fallback_needs_an_enabled_profile_and_its_flag(ipa):
    ipa.do(set_fallback(B.iccid), disable(A.iccid))
    assert ipa.result(FALL_BACK) == 7
    ipa.do(enable(A.iccid))
    assert ipa.result("BF5D00") == 7
    assert ipa.result("BF5E00") == 7


def test_a_busy_terminal_holds_a_fallback_and_the_return():
    ipa = Ipa(card(proactive=True)).associated()
    ipa.do(set_fallback(B.iccid))
    assert ipa.result(FALL_BACK) == 0
    assert ipa.send("801200000B")[1] == 0x9000
    assert ipa.result("BF5E03800100") == 5
    ipa.send("801400000C810301010482028281830100")
    assert ipa.result(RETURN) == 0
    assert ipa.send("801200000B")[1] == 0x9000
    assert ipa.result("BF5D03800100") == 5


# Immediate enabling


@pytest.fixture
def fresh():
    """A card that downloads, without an eIM."""
    ipa = Ipa(card(A, eid=EID)).start()
    return ipa, Smdp(Pki.demo(ipa.card.eid))


def downloaded(ipa, server):
    assert ipa.download(server).find(0xBF27, 0xA2, 0xA0)


def test_a_profile_is_enabled_right_after_its_download(fresh):
    ipa, server = fresh
    assert ipa.result("BF5A038001FF") == 1
    assert ipa.result("BF59028000") == 0
    assert ipa.result("BF5A038001FF") == 4
    downloaded(ipa, server)
    assert ipa.result("BF5A038001FF") == 0
    assert ipa.enabled() not in (b"", A.iccid)
    ipa.start()
    assert ipa.result("BF5A038001FF") == 4


@pytest.mark.parametrize(
    ("server", "address", "number"), [
        (b"\x88\x37\x0a", "testsmdpplus1.example.com", 0), (b"\x2a", "", 4), (b"", "other", 4),
    ],
)  # fmt: skip
def test_it_holds_for_the_server_that_was_configured(fresh, server, address, number):
    ipa, smdp = fresh
    configured = configure_immediate(server=server, address=address)
    assert ipa.result(tlv(0xBF59, configured[2:])) == 0
    downloaded(ipa, smdp)
    assert ipa.result("BF5A038001FF") == number


def test_the_default_server_counts_where_none_was_configured(fresh):
    ipa, smdp = fresh
    ipa.result("BF59028000")
    ipa.card.inventory.server = "other.example.com"
    downloaded(ipa, smdp)
    assert ipa.result("BF5A038001FF") == 4
    ipa.card.inventory.server = "testsmdpplus1.example.com"
    assert ipa.result("BF5A038001FF") == 0


def test_an_associated_eim_alone_configures_it(ipa):
    assert ipa.result("BF59028000") == 2
    assert ipa.do(configure_immediate()) == ["870100"]


def test_a_download_that_fails_enables_nothing(fresh):
    ipa, smdp = fresh
    ipa.result("BF59028000")
    smdp.segment = 500
    smdp.configure = bytes.fromhex("BF2500")
    answer = ipa.download(smdp)
    assert answer.find(0xBF27, 0xA2, 0xA1)
    assert ipa.result("BF5A038001FF") == 4


def test_version_1_enables_without_a_flag_and_has_fewer_numbers():
    ipa = Ipa(card(A, version="1.0", eid=EID, proactive=True)).start()
    assert ipa.result("BF59028000") == 0
    downloaded(ipa, Smdp(Pki.demo(ipa.card.eid)))
    assert ipa.result("BF5A00") == 0
