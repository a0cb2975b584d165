import pytest

from applets.esim.cards import create, demo_profiles
from applets.esim.lsi import Mep
from tests.kits.esim.lpa import Lpa

A, B = (one.iccid for one in demo_profiles())


@pytest.fixture
def lpa():
    return Lpa(create(None, {"mep": "a1"}), channel=0).start()


def iccid(lpa):
    lpa.send("00A40004023F00")
    lpa.send("00A40004022FE2")
    return lpa.send("00B000000A")


def test_manage_lsi_selects_the_port_that_commands_reach(lpa):
    assert lpa.send("807C0001")[1] == 0x9000
    assert iccid(lpa) == (A, 0x9000)
    assert lpa.send("807C0002")[1] == 0x9000
    assert iccid(lpa) == (B, 0x9000)
    assert lpa.send("807C0000")[1] == 0x9000
    assert iccid(lpa)[1] == 0x6986


def test_a_port_named_by_the_reader_counts_for_that_command_only(lpa):
    assert iccid(Lpa(lpa.card, port=2)) == (B, 0x9000)
    assert iccid(Lpa(lpa.card, port=1)) == (A, 0x9000)
    assert lpa.card.current_port == 0


def test_configuring_tells_modes_and_limits(lpa):
    answer = lpa.send("807C040009800102900101910102")
    assert answer == (bytes.fromhex("80010281010190020101910102"), 0x9000)
    assert lpa.send("807C040009800102900102910102")[0].hex().startswith("8001028101019002" + "0001")


def test_a_strict_card_wants_to_be_configured_first():
    lpa = Lpa(create(None, {"mep": "a1", "strict": ""})).start()
    assert lpa.send("807C0001")[1] == 0x6985
    lpa.send("807C040009800102900101910102")
    assert lpa.send("807C0001")[1] == 0x9000
    lpa.card.power_up()
    assert lpa.send("807C0001")[1] == 0x6985


@pytest.mark.parametrize(
    ("command", "word"),
    [("807C0003", 0x6A86), ("807C0500", 0x6A86), ("807C0401", 0x6A86), ("807C04000180", 0x6A80),
     ("807C04000480020101", 0x6A80)],
)  # fmt: skip
def test_wrong_parameters_have_their_status_word(lpa, command, word):
    assert lpa.send(command)[1] == word


def test_a_card_without_mep_does_not_know_the_command():
    assert Lpa(create(None, {})).start().send("807C0000")[1] == 0x6D00


def test_a_reset_of_an_interface_answers_the_atr_and_leaves_the_others_alone(lpa):
    one, two = Lpa(lpa.card, port=1), Lpa(lpa.card, port=2)
    for each in (one, two):
        each.send("0070000001")
        each.send("00A40004022FE2")
        each.send("0020000108" + "30303030FFFFFFFF")
    assert lpa.send("807C010119") == (b"\x80" + bytes((len(lpa.card.atr),)) + lpa.card.atr, 0x9000)
    assert one.send("00B000000A")[1] == 0x6986
    assert one.send("01A40004023F00")[1] == 0x6881
    assert two.send("00B000000A") == (B, 0x9000)
    assert two.send("01A40004023F00")[1] == 0x9000


def test_an_interface_can_reset_itself(lpa):
    one = Lpa(lpa.card, port=1)
    one.send("0070000001")
    assert one.send("817C0101")[0][:1] == b"\x80"
    assert one.send("807C0101")[0][2:] == lpa.card.atr


def test_nads_lead_to_ports(lpa):
    assert lpa.card.habits.nads == {0x00: None, 0x10: 1, 0x20: 2}


def test_a_mode_is_found_by_its_name():
    assert [Mep.named(name) for name in ("none", "A1", "a2", "B")] == list(Mep)
    for wrong in ("x", "", "named"):
        with pytest.raises(ValueError, match=f"none, a1, a2, b, not '{wrong}'"):
            Mep.named(wrong)
