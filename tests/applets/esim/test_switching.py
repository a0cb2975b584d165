import pytest

from applets.esim.euicc import Euicc
from applets.esim.profile import Policy, ProfileClass
from applets.esim.simple import profile
from tests.esim.lpa import Lpa

ICCIDS = [f"894900000000000001{i}" for i in range(6)]


def made(number, **options):
    return profile(ICCIDS[number], f"00101000000000{number}", **options)


def card(*profiles, **options) -> tuple[Lpa, list[bytes]]:
    chosen = profiles or tuple(made(i) for i in range(3))
    return Lpa(Euicc(chosen, **options)).start(), [one.iccid for one in chosen]


def enabled(lpa):
    return [port.enabled and port.enabled.iccid for port in lpa.card.ports]


def test_enabling_one_profile_disables_the_other_and_both_are_reported():
    lpa, (a, b, _) = card(enable=1)
    assert lpa.enable(b) == 0
    assert enabled(lpa) == [b]
    assert lpa.notifications() == [(1, 0x20, a), (2, 0x40, b)]


@pytest.mark.parametrize(
    ("action", "number"),
    [(lambda lpa, a, b: lpa.enable(a), 2), (lambda lpa, a, b: lpa.disable(b), 2),
     (lambda lpa, a, b: lpa.delete(a), 2), (lambda lpa, a, b: lpa.enable(bytes(10)), 1),
     (lambda lpa, a, b: lpa.disable(bytes(10)), 1), (lambda lpa, a, b: lpa.delete(bytes(10)), 1),
     (lambda lpa, a, b: lpa.enable(b, port=1), 10)],
)  # fmt: skip
def test_what_the_state_forbids_is_refused_and_changes_nothing(action, number):
    lpa, (a, b, _) = card(enable=1)
    before = lpa.card.memory.snapshot()
    assert action(lpa, a, b) == number
    assert lpa.card.memory.snapshot() == before


def test_a_policy_against_disabling_holds_the_port():
    lpa, (a, b) = card(made(0, policy=Policy.NO_DISABLE), made(1), enable=1)
    assert lpa.disable(a) == 3
    assert lpa.enable(b) == 3
    assert enabled(lpa) == [a]
    assert lpa.notifications() == []


def test_a_policy_against_deletion_holds_the_profile():
    lpa, (a,) = card(made(0, policy=Policy.NO_DELETE))
    assert lpa.delete(a) == 3


def test_a_memory_reset_ignores_policies_and_takes_the_classes_it_names():
    test = made(1, profile_class=ProfileClass.TEST)
    lpa, _ = card(made(0, policy=Policy.NO_DELETE), test, enable=1)
    assert lpa.result("BF340482020640") == 0
    assert len(lpa.card.inventory) == 1
    assert lpa.result("BF340482020780") == 0
    assert enabled(lpa) == [None]
    assert lpa.result("BF3404820205E0") == 1


def test_a_deleted_profile_frees_its_aid():
    lpa, (a, *_) = card()
    first = lpa.card.inventory.find(iccid=a).aid
    lpa.delete(a)
    assert first not in [one.aid for one in lpa.card.inventory]
    again = made(5)
    assert lpa.card.inventory.add(again).aid == first


def test_after_a_test_profile_only_what_was_enabled_before_comes_back():
    lpa, (a, b, t) = card(made(0), made(1), made(2, profile_class=ProfileClass.TEST), enable=1)
    assert lpa.enable(t) == 0
    assert lpa.enable(b) == 4
    assert lpa.enable(a) == 0
    assert lpa.enable(b) == 0


def test_mep_a1_takes_the_port_that_the_lpa_names():
    lpa, (a, b, c) = card(ports=2, mep="A1")
    answer = lpa.ask(b"\xbf\x31\x14\xa0\x0c\x5a\x0a" + a + bytes.fromhex("8101FF820102"))
    assert bytes(answer).hex() == "bf3106800100810102"
    assert lpa.enable(b, port=1) == 0
    assert enabled(lpa) == [None, b, a]
    assert lpa.enable(c, port=3) == 10
    assert lpa.enable(c, port=0) == 10
    assert lpa.enable(c, port=2) == 0
    assert enabled(lpa) == [None, b, c]


def test_mep_a1_without_a_port_is_lenient_or_strict():
    lpa, (a, b, c) = card(ports=2, mep="A1")
    assert [lpa.enable(one) for one in (a, b, c)] == [0, 0, 0]
    assert enabled(lpa) == [None, c, b]
    lpa, (a, *_) = card(ports=2, mep="A1", strict=True)
    request = b"\xbf\x31\x11\xa0\x0c\x5a\x0a" + a + bytes.fromhex("8101FF")
    assert lpa.store(request)[1] == 0x6A80


def test_mep_a2_chooses_the_port_itself():
    lpa, (a, b, c) = card(ports=2, mep="A2")
    assert [lpa.enable(one) for one in (a, b, c)] == [0, 0, 10]
    assert enabled(lpa) == [None, a, b]
    assert lpa.disable(a) == 0
    assert lpa.enable(c) == 0
    assert enabled(lpa) == [None, c, b]


def test_mep_b_enables_on_the_port_of_the_command():
    lpa, (a, b, _) = card(ports=2, mep="B")
    assert lpa.enable(a) == 0
    other = Lpa(lpa.card, port=1, channel=0)
    other.select(bytes.fromhex("A0000005591010FFFFFFFF8900000100"))
    assert other.enable(b) == 0
    assert enabled(lpa) == [a, b]
    assert other.profiles()[b][0x9F70] == b"\1"
    assert other.profiles()[a][0x9F70] == b"\0"
    assert other.profiles("5A9F24")[b][0x9F24] == b"\1"


def test_more_profiles_than_ports_cannot_be_enabled():
    with pytest.raises(ValueError, match="do not fit"):
        card(enable=2)
    with pytest.raises(ValueError, match="needs a mode"):
        card(ports=2)
