import pytest

from applets.esim.core import Config
from applets.esim.euicc import Euicc
from applets.esim.profile_states import NEVER, Action
from applets.esim.profiles import Policy, ProfileClass
from applets.esim.small_profile import profile
from applets.esim.versions import NEWEST, OLDEST
from tests.kits.esim.lpa import Lpa

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


PLAIN = [made(i) for i in range(3)]
HELD = [made(0, policy=Policy.NO_DISABLE | Policy.NO_DELETE), made(1)]
TEST = made(2, profile_class=ProfileClass.TEST)


def fetched(lpa, iccid, port=None):
    """Enable a profile, and let a terminal fetch the REFRESH without a response yet."""
    assert lpa.enable(iccid, port) == 0
    on = Lpa(lpa.card, port=port or 0, channel=0)
    assert on.send("801200000B")[1] == 0x9000
    return lpa


def started(lpa, port):
    """Send TERMINAL PROFILE on a port."""
    assert Lpa(lpa.card, port=port, channel=0).send("8010000001FF")[1] == 0x9000
    return lpa


THREE = {"config": Config(version=NEWEST)}
REFUSALS = [
    (Action.ENABLE, 1, PLAIN, {}, lambda lpa, a, b: lpa.enable(bytes(10))),
    (Action.ENABLE, 2, PLAIN, {}, lambda lpa, a, b: lpa.enable(a)),
    (Action.ENABLE, 3, HELD, {}, lambda lpa, a, b: lpa.enable(b)),
    (Action.ENABLE, 4, [TEST, *PLAIN[:2]], {}, lambda lpa, a, b: lpa.enable(b)),
    (Action.ENABLE, 5, PLAIN, {"proactive": True},
     lambda lpa, a, b: fetched(lpa, b).enable(a, refresh=False)),
    (Action.ENABLE, 5, PLAIN, {"proactive": True, "ports": 2, "mep": "A1"},
     lambda lpa, a, b: fetched(lpa, b, 2).enable(PLAIN[2].iccid, 2, refresh=False)),
    (Action.ENABLE, 1, PLAIN, {}, lambda lpa, a, b: lpa.enable(b[:9])),
    (Action.ENABLE, 127, PLAIN, {}, lambda lpa, a, b: lpa.result("BF3100")),
    (Action.ENABLE, 127, PLAIN, {}, lambda lpa, a, b: lpa.result("BF3105A000810100")),
    (Action.ENABLE, 127, PLAIN, {}, lambda lpa, a, b: lpa.result(f"BF310EA00C5A0A{b.hex()}")),
    (Action.ENABLE, 7, PLAIN, THREE, lambda lpa, a, b: lpa.enable(b[:9])),
    (Action.ENABLE, 7, PLAIN, THREE, lambda lpa, a, b: lpa.result("BF3100")),
    (Action.ENABLE, 7, PLAIN, THREE, lambda lpa, a, b: lpa.result(f"BF310EA00C5A0A{b.hex()}")),
    (Action.ENABLE, 7, PLAIN, THREE, lambda lpa, a, b: lpa.result(
        f"BF3112A00C5A0A{b.hex()}81020000")),
    (Action.ENABLE, 7, PLAIN, THREE, lambda lpa, a, b: lpa.result(
        f"BF3115A00C5A0A{b.hex()}81010082020000")),
    (Action.ENABLE, 7, PLAIN, {"config": Config(version=NEWEST, lenient=True)},
     lambda lpa, a, b: lpa.result("BF3100")),
    (Action.ENABLE, 7, PLAIN, {"ports": 2, "mep": "A2"}, lambda lpa, a, b: lpa.enable(b, 2)),
    (Action.ENABLE, 7, PLAIN, {"ports": 2, "mep": "B"}, lambda lpa, a, b: lpa.enable(b, 1)),
    (Action.ENABLE, 10, PLAIN, THREE, lambda lpa, a, b: lpa.enable(b, 1)),
    (Action.ENABLE, 10, PLAIN, {"ports": 2, "mep": "A1"}, lambda lpa, a, b: lpa.enable(b, 3)),
    (Action.ENABLE, 10, PLAIN, {"ports": 1, "mep": "A2"}, lambda lpa, a, b: lpa.enable(b)),
    (Action.DISABLE, 1, PLAIN, {}, lambda lpa, a, b: lpa.disable(bytes(10))),
    (Action.DISABLE, 2, PLAIN, {}, lambda lpa, a, b: lpa.disable(b)),
    (Action.DISABLE, 3, HELD, {}, lambda lpa, a, b: lpa.disable(a)),
    (Action.DISABLE, 5, PLAIN, {"proactive": True},
     lambda lpa, a, b: fetched(lpa, b).disable(b, refresh=False)),
    (Action.DISABLE, 127, PLAIN, {}, lambda lpa, a, b: lpa.result("BF3200")),
    (Action.DISABLE, 1, PLAIN, {}, lambda lpa, a, b: lpa.disable(a[:9])),
    (Action.DISABLE, 7, PLAIN, THREE, lambda lpa, a, b: lpa.result("BF3200")),
    (Action.DISABLE, 7, PLAIN, {"ports": 3, "mep": "B", "enable": 2},
     lambda lpa, a, b: started(lpa, 2).disable(b)),
    (Action.DELETE, 1, PLAIN, {}, lambda lpa, a, b: lpa.delete(bytes(10))),
    (Action.DELETE, 2, PLAIN, {}, lambda lpa, a, b: lpa.delete(a)),
    (Action.DELETE, 3, HELD[::-1], {}, lambda lpa, a, b: lpa.delete(b)),
    (Action.DELETE, 127, PLAIN, {}, lambda lpa, a, b: lpa.result("BF3300")),
    (Action.DELETE, 1, PLAIN, {}, lambda lpa, a, b: lpa.delete(b[:9])),
    (Action.DELETE, 7, PLAIN, THREE, lambda lpa, a, b: lpa.result("BF3300")),
    (Action.DELETE, 7, PLAIN, THREE, lambda lpa, a, b: lpa.result("BF3305A0035A0100")),
    (Action.RESET, 1, PLAIN, {}, lambda lpa, a, b: lpa.result("BF340482020640")),
    (Action.RESET, 5, PLAIN, {"proactive": True},
     lambda lpa, a, b: fetched(lpa, b).result("BF3404820205E0")),
    (Action.RESET, 127, PLAIN, {}, lambda lpa, a, b: lpa.result("BF3400")),
]  # fmt: skip


@pytest.mark.parametrize(("action", "number", "profiles", "options", "ask"), REFUSALS)
def test_each_refusal_has_its_number_and_changes_nothing(action, number, profiles, options, ask):
    lpa, (a, b, *_) = card(*profiles, **{"enable": 1, **options})
    states = enabled(lpa)
    assert ask(lpa, a, b) == number
    proactive = "proactive" in options  # the session began with a change that was allowed
    assert proactive or (enabled(lpa), lpa.notifications()) == (states, [])
    assert len(lpa.card.inventory) == len(profiles)


def test_a_version_without_ports_passes_over_the_one_that_is_named():
    lpa, (_, b, _) = card(enable=1)
    assert lpa.enable(b, 1) == 0
    assert enabled(lpa) == [b]


def test_a_session_of_one_port_does_not_hold_another():
    lpa, (_, b, c) = card(proactive=True, ports=2, mep="A1")
    fetched(lpa, b, 2)
    assert lpa.enable(c, 1, refresh=False) == 0
    assert lpa.disable(b, refresh=False) == 5
    lpa.send("807C0102")
    assert lpa.disable(b, refresh=False) == 0


def test_every_number_of_the_standard_is_answered_or_has_a_reason_never_to_be():
    answered = {(one[0], one[1]) for one in REFUSALS if one[1] != 127 or one[0] is Action.RESET}
    known = {(action, number) for action, numbers in NEWEST.results.items() for number in numbers}
    assert answered | NEVER.keys() == known
    assert not answered & NEVER.keys()


def test_version_2_refuses_with_its_own_numbers_alone():
    for action, number, profiles, options, _ in REFUSALS:
        if "mep" not in options and options is not THREE and "config" not in options:
            assert number in OLDEST.results[action], profiles


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


def test_a_listener_hears_of_every_change():
    heard = []
    lpa, (a, b, _) = card(enable=1, listener=lambda *said: heard.append(said))
    one, two, three = (profile.metadata.digits for profile in PLAIN)
    assert [lpa.enable(b), lpa.delete(a), lpa.disable(b)] == [0, 0, 0]
    assert lpa.result("BF3404820205E0") == 0
    assert heard == [
        ("disabled", one), ("enabled", two), ("deleted", one), ("disabled", two),
        ("deleted", two), ("deleted", three),
    ]  # fmt: skip


def test_a_test_profile_takes_any_profiles_place_and_gives_it_back_when_it_is_disabled():
    lpa, (a, t) = card(made(0, policy=Policy.NO_DISABLE), TEST, enable=1)
    assert lpa.enable(t) == 0
    assert enabled(lpa) == [t]
    assert lpa.disable(t) == 0
    assert enabled(lpa) == [a]
    assert lpa.disable(a) == 3


def test_a_profile_that_a_test_profile_replaced_may_be_gone_or_elsewhere_by_then():
    lpa, (a, t) = card(made(0), TEST, enable=1)
    lpa.enable(t)
    lpa.delete(a)
    assert lpa.disable(t) == 0
    assert enabled(lpa) == [None]
    lpa, (a, t) = card(made(0), TEST, enable=1, ports=2, mep="A1")
    assert lpa.enable(t, 1) == 0
    assert lpa.enable(a, 2) == 0
    assert lpa.disable(t) == 0
    assert enabled(lpa) == [None, None, a]


def test_one_test_profile_after_another_gives_back_what_was_there_before_both():
    second = made(3, profile_class=ProfileClass.TEST)
    lpa, (a, t, u) = card(made(0), TEST, second, enable=1)
    assert [lpa.enable(t), lpa.enable(u), lpa.disable(u)] == [0, 0, 0]
    assert enabled(lpa) == [a]


def test_a_memory_reset_forgets_what_a_test_profile_replaced():
    lpa, (a, t) = card(made(0), TEST, enable=1)
    lpa.enable(t)
    lpa.card.switch.reset(frozenset({ProfileClass.OPERATIONAL}))
    assert lpa.card.core.before_test.get("0") == a
    lpa.card.switch.reset(frozenset({ProfileClass.TEST}))
    assert "0" not in lpa.card.core.before_test
    assert enabled(lpa) == [None]


def test_nobody_is_told_of_test_profiles():
    lpa, (a, t) = card(made(0), TEST, enable=1)
    lpa.enable(t)
    lpa.disable(t)
    lpa.delete(t)
    assert lpa.notifications() == [(1, 0x20, a), (2, 0x40, a)]


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
    for iccid in (a, bytes(10)):
        request = b"\xbf\x31\x11\xa0\x0c\x5a\x0a" + iccid + bytes.fromhex("8101FF")
        assert lpa.store(request)[1] == 0x6A80
    assert lpa.enable(a, port=1) == 0
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
