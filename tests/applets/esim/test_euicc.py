import pytest

from applets.esim.cards import create, demo_profiles
from applets.esim.eid import numbered
from applets.esim.euicc import Euicc
from applets.esim.pki import Pki
from tests.kits.esim.lpa import Lpa
from vcard import Memory
from vcard.atr.atr import Atr


@pytest.mark.parametrize("protocols", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("mep", ["none", "A1"])
def test_the_atr_tells_the_protocols_and_what_the_card_is(protocols, mep):
    card = Euicc(ports=1, mep=mep, protocols=protocols)
    atr = Atr.parse(card.power_up())
    assert not atr.problems
    assert set(protocols) == set(atr.protocols) - {15}
    # The first TB behind a TD that names T=15: b8 and b2 an eUICC, b1 with MEP.
    behind = card.atr[: card.atr.index(bytes.fromhex("8031E0"))]
    assert behind[-2:] == bytes((0xC7, 0x82 if mep == "none" else 0x83))


def test_removable_cards_speak_t0_and_those_with_ports_t1_as_well():
    assert 1 not in Atr.parse(Euicc().atr).protocols
    assert 1 in Atr.parse(Euicc(ports=2, mep="A1").atr).protocols
    with pytest.raises(ValueError, match="T=0, T=1 or both"):
        Euicc(protocols=(2,))


def test_a_card_remembers_what_its_memory_holds():
    memory = Memory()
    first = Lpa(Euicc(demo_profiles(), enable=1, memory=memory)).start()
    second = demo_profiles()[1].iccid
    first.enable(second)
    again = Lpa(Euicc((), memory=memory)).start()
    assert again.card.ports[0].enabled.iccid == second
    assert again.notifications() == first.notifications()
    again.disable(second)
    assert [one[0] for one in again.notifications()] == [1, 2, 3]


def test_a_deleted_profile_does_not_come_back_when_the_card_is_made_again():
    memory = Memory()
    lpa = Lpa(Euicc(demo_profiles(), memory=memory)).start()
    assert lpa.result("BF3404820205E0") == 0
    assert len(Euicc(demo_profiles(), memory=memory).inventory) == 0


def test_a_card_with_certificates_of_another_eid_cannot_be_made():
    with pytest.raises(ValueError, match="not for EID"):
        Euicc(eid=numbered(2), pki=Pki.demo(numbered(1)))


def test_data_wait_for_get_response_unless_an_le_asks_for_them():
    card = create(None, {})
    card.power_up()
    assert card.exchange(bytes.fromhex("00A40004023F00"))[0] == 0x61
    assert card.exchange(bytes.fromhex("00A40004023F0000"))[0] == 0x62


def test_the_profile_changes_under_a_selected_file_system():
    lpa = Lpa(create(None, {})).start()
    lpa.channel = 0
    lpa.send("00A40004022FE2")
    one = lpa.send("00B000000A")[0]
    lpa.channel = 1
    assert lpa.enable(demo_profiles()[1].iccid) == 0
    assert lpa.send("00B000000A")[1] == 0x6986
    lpa.send("00A40004022FE2")
    assert lpa.send("00B000000A")[0] == demo_profiles()[1].iccid != one


def test_nothing_of_the_old_profile_is_left_to_be_fetched():
    lpa = Lpa(Euicc(demo_profiles(), enable=1)).start()
    assert lpa.card.exchange(bytes.fromhex("00A40004022FE2"))[0] == 0x61
    lpa.enable(demo_profiles()[1].iccid)
    assert lpa.card.exchange(bytes.fromhex("00C0000019")) == b"\x6d\x00"


def test_the_isdr_stays_selected_while_profiles_change():
    lpa = Lpa(create(None, {}), channel=0).start()
    assert lpa.enable(demo_profiles()[1].iccid) == 0
    assert len(lpa.profiles()) == 2
    assert lpa.send("00A40004023F00")[1] == 0x9000


def test_a_port_without_a_profile_shows_an_mf_and_an_empty_directory():
    lpa = Lpa(Euicc()).start()
    assert lpa.send("00A40004023F00")[1] == 0x9000
    assert lpa.send("00A40004022F00")[1] == 0x9000
    assert lpa.send("00B2010420") == (b"\xff" * 32, 0x9000)
    assert lpa.send("00A40004022FE2")[1] == 0x6A82


def test_profiles_are_shown_with_the_ports_that_they_are_enabled_at():
    lpa = Lpa(Euicc(demo_profiles(), enable=1)).start()
    one, two = lpa.card.profiles_shown()
    assert (one["enabled"], two["enabled"]) == (True, False)
    assert one["name"] == demo_profiles()[0].metadata.name
    assert str(one["iccid"]).startswith("89")
    assert one["port"] is two["port"] is None
    lpa.enable(demo_profiles()[1].iccid)
    assert [profile["enabled"] for profile in lpa.card.profiles_shown()] == [False, True]
    several = Euicc(demo_profiles(), ports=2, mep="A1", enable=2)
    assert [profile["port"] for profile in several.profiles_shown()] == [1, 2]
