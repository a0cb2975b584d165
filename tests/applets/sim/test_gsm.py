from dataclasses import replace

import pytest

from applets.esim.euicc import Euicc
from applets.esim.small_profile import profile
from applets.shared.file_system.tree import MF
from applets.sim.aka import sres_and_kc
from applets.sim.gsm import translated
from applets.sim.sim import Sim
from tests.kits.esim.lpa import Lpa
from vcard import SW

PIN, WRONG = "30303030FFFFFFFF", "31313131FFFFFFFF"
BOTH = "AF10A406830101950108A406830181950108"


@pytest.fixture
def lpa():
    one = profile("8949000000000000018", "001010000000001", pin_enabled=True)
    return Lpa(Euicc((one,), enable=1), channel=0).start()


def words(lpa, *commands):
    return [lpa.send(command)[1] for command in commands]


def test_select_tells_the_length_of_its_response(lpa):
    assert lpa.card.exchange(bytes.fromhex("A0A40000023F00")) == b"\x9f\x17"
    assert lpa.card.exchange(bytes.fromhex("A0A40000022FE2")) == b"\x9f\x0f"


def test_an_elementary_file_has_size_structure_and_access(lpa):
    data, _ = lpa.send("A0A40000022FE2")
    assert data.hex() == "0000000a2fe2040004ff4401020000"
    data, _ = lpa.send("A0A40000022F00")
    assert (data[13], data[14]) == (1, 38)


def test_a_directory_has_the_state_of_its_pins(lpa):
    data, _ = lpa.send("A0A40000023F00")
    assert (data[4:7].hex(), data[18:22].hex()) == ("3f0001", "838a838a")
    assert lpa.send("A0F2000016")[0] == data[:22]


def test_a_directory_says_that_all_voltages_will_do(lpa):
    assert lpa.send("A0A40000023F00")[0][13] == 0x33
    lpa.send("A026000108" + PIN)
    assert lpa.send("A0A40000027F20")[0][13] == 0xB3


def test_the_usim_is_told_as_the_df_of_2g_where_there_is_none():
    one = profile("8949000000000000018", "001010000000001").subscription
    files = tuple(file for file in one.files if 0x7F20 not in file.path)
    card = Sim(replace(one, files=files))
    lpa = Lpa(card, channel=0)
    card.power_up()
    data, _ = lpa.send("A0A40000027F20")
    assert data[4:6].hex() == "7f20"
    assert lpa.send("A0F2000016")[0] == data[:22]


def test_the_files_of_2g_are_those_of_the_usim(lpa):
    lpa.send("A020000108" + PIN)
    assert words(lpa, "A0A40000027F20", "A0A40000026F7E", "A0D600000B" + "11" * 11) == [0x9000] * 3
    lpa.send("00A4040007A0000000871002")
    assert words(lpa, "00A40004026F7E") == [0x9000]
    assert lpa.send("00B000000B")[0] == b"\x11" * 11


def test_the_dfs_of_2g_show_the_usim(lpa):
    lpa.send("A020000108" + PIN)
    assert words(lpa, "A0A40000027F20", "A0A40000026F07", "A0B0000009") == [0x9000] * 3
    assert words(lpa, "A0A40000023F00", "A0A40000027F10", "A0A40000026F42", "A0A40000026F78") == [
        0x9000,
    ] * 4  # fmt: skip
    assert lpa.send("A0A40000020000")[1] == 0x9404


def test_a_card_without_a_profile_has_no_2g_directories():
    lpa = Lpa(Euicc(), channel=0).start()
    assert words(lpa, "A0A40000023F00", "A0A40000027F20", "A088000010" + "00" * 16) == [
        0x9000, 0x9404, 0x9404,
    ]  # fmt: skip


def test_status_words_are_those_of_2g(lpa):
    assert words(lpa, "A0B0000001", "A0A400000100", "A0FE000000") == [0x9400, 0x6700, 0x6D00]
    lpa.send("A0A40000027F20")
    lpa.send("A0A40000026F07")
    assert words(lpa, "A0B0000009", "A020000108" + WRONG, "A020000108" + PIN, "A0B000000A") == [
        0x9804, 0x9804, 0x9000, 0x6709,
    ]  # fmt: skip
    assert translated(SW(0x63C0)) == SW(0x9840)
    assert translated(SW.OK) == SW.OK


def test_chv_is_unblocked_with_its_own_reference(lpa):
    puk = "3132333435363738"
    assert words(lpa, "A02C000010" + puk + PIN, "A02C000210" + puk + PIN) == [0x9000, 0x9804]


def test_records_are_sought_by_their_beginning(lpa):
    lpa.send("A020000108" + PIN)
    lpa.send("A0A40000027F10")
    lpa.send("A0A40000026F3A")
    lpa.send("A0DC03041C" + "41" * 28)
    assert lpa.send("A0A20001024141") == (b"\x03", 0x9000)
    assert lpa.send("A0A20001024242")[1] == 0x9402


def test_run_gsm_algorithm_gives_sres_and_kc(lpa):
    command = "A088000010" + "11" * 16
    assert words(lpa, command, "A08800000111", "A020000108" + PIN) == [0x9804, 0x6700, 0x9000]
    keys = lpa.card.ports[0].enabled.subscription.aka.make().f2345(b"\x11" * 16)
    assert lpa.card.exchange(bytes.fromhex(command)) == b"\x9f\x0c"
    assert lpa.send(command)[0] == b"".join(sres_and_kc(keys))


def test_access_levels_are_told_as_2g_knows_them(lpa):
    lpa.send("A0A40000027F20")
    data, _ = lpa.send("A0A40000026F07")
    assert data[8] == 0x14


@pytest.mark.parametrize(("rule", "level"), [("800101" + BOTH, 0x4F), ("8001029000", 0xF0)])
def test_what_2g_has_no_level_for_is_administrative_or_never(rule, level):
    where = (MF, 0x2F06)
    known = profile("8949000000000000018", "001010000000001").subscription.tree.by_path[where]
    other = replace(known, content=bytes.fromhex(rule).ljust(40, b"\xff") * 5)
    one = profile("8949000000000000018", "001010000000001", file=(other,))
    lpa = Lpa(Euicc((one,), enable=1), channel=0).start()
    lpa.send("A0A40000027F20")
    assert lpa.send("A0A40000026F07")[0][8] == level
