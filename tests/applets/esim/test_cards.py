import pytest

from applets.catalogue import CARDS
from applets.esim.cards import create, demo_profiles
from applets.esim.eid import numbered
from applets.esim.pki import DEMO_START, Pki
from applets.esim.versions import NEWEST, OLDEST, VERSIONS
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp


def enabled(card):
    return [port.enabled and port.enabled.metadata.name for port in card.ports]


def test_the_catalogue_has_an_esim():
    assert enabled(CARDS["esim"](None, {})) == ["Demo one"]


def test_an_empty_card_has_no_profile():
    assert len(create(None, {"empty": ""}).inventory) == 0


@pytest.mark.parametrize("mode", ["a1", "a2", "b"])
def test_a_card_with_more_ports_has_both_profiles_enabled(mode):
    assert enabled(create(None, {"mep": mode})) == [None, "Demo one", "Demo two"]


def test_the_demo_profiles_have_nothing_in_common():
    one, two = demo_profiles()
    assert one.iccid != two.iccid
    assert one.subscription.aka.k != two.subscription.aka.k


def test_a_card_of_a_fleet_has_an_eid_of_its_own():
    assert create(None, {"number": "7"}).eid == numbered(7)


def test_strict_is_off_unless_it_is_named():
    assert not create(None, {"mep": "a1", "strict": "no"}).lsi.strict
    assert create(None, {"mep": "a1", "strict": ""}).lsi.strict


def test_certificates_come_from_a_text():
    own = Pki.make(numbered(3), DEMO_START)
    pem = b"".join((own.ci.pem, own.eum.pem, own.euicc.pem, own.euicc.key_pem)).decode()
    assert create(None, {"pki": pem}).eid == numbered(3)


@pytest.mark.parametrize(("date", "number"), [("2060-01-01", b"\x01"), ("2030-06-01T12:00", None)])
def test_certificates_are_judged_by_the_date_that_is_named(date, number):
    card = create(None, {"empty": "", "now": date})
    failed = Lpa(card).start().download(Smdp(Pki.demo(card.eid))).find(0xA1, 0x02)
    assert (failed and failed.value) == number


def test_profiles_come_from_toml_and_from_packages():
    toml = 'iccid = "8949000000000000034"\nimsi = "001010000000003"\nname = "Own"'
    card = create(None, {"profile": f"{toml}\f{package().hex()}"})
    assert [card.inventory.profile(one.iccid).metadata.name for one in card.inventory] == [
        "Own",
        "8949001111111111119",
    ]
    assert enabled(card) == ["Own"]


def test_a_wrong_option_is_the_users_fault():
    with pytest.raises(ValueError, match="mep is one of none, a1, a2, b"):
        create(None, {"mep": "c"})
    with pytest.raises(ValueError, match="protocol is one of t0, t1, both"):
        create(None, {"protocol": "t2"})
    with pytest.raises(ValueError, match="no option"):
        CARDS["esim"](None, {"colour": "red"})
    for date in ("tomorrow", "2030-01-01T00:00+00:00"):
        with pytest.raises(ValueError, match="now"):
            create(None, {"now": date})


def test_the_claimed_version_and_leniency_are_options():
    card = create(None, {"svn": "2.5", "lenient": ""})
    assert card.core.config.version is VERSIONS["2.5"]
    assert card.core.config.lenient
    assert create(None, {}).core.config.version is OLDEST
    assert create(None, {"mep": "a1"}).core.config.version is NEWEST


def test_ports_are_of_version_3_alone():
    with pytest.raises(ValueError, match="are of version 3"):
        create(None, {"mep": "a1", "svn": "2.2.2"})
