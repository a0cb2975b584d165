import pytest

from tests.kits.esim.uicc import PIN, USIM, WRONG, made, started, words


@pytest.fixture
def lpa():
    return made()


def test_binary_files_are_read_by_offset_and_by_short_identifier(lpa):
    lpa.send("00A40004022FE2")
    iccid = lpa.send("00B000000A")[0]
    assert lpa.send("00B0000202") == (iccid[2:4], 0x9000)
    assert lpa.send("00B0820000") == (iccid, 0x9000)
    assert words(lpa, "00B000000B", "00B0000B01", "00B0000A01", "00B09E0001") == [
        0x6C0A, 0x6B00, 0x6B00, 0x6981,
    ]  # fmt: skip
    assert lpa.send("00B0900001")[1] == 0x6A82


def test_a_read_needs_a_current_file_of_the_right_structure(lpa):
    assert words(lpa, "00B0000001", "00B2010401") == [0x6986, 0x6986]
    lpa.send("00A40004022F00")
    assert words(lpa, "00B0000001", "00B2010426", "00B2010427", "00B2030426") == [
        0x6981, 0x9000, 0x6C26, 0x6A83,
    ]  # fmt: skip


def test_records_are_read_one_after_the_other(lpa):
    lpa.send("00A40004022F00")
    first, second = (lpa.send(f"00B20{n}0426")[0] for n in (1, 2))
    assert lpa.send("00B2000226") == (first, 0x9000)
    assert lpa.send("00B2000226") == (second, 0x9000)
    assert lpa.send("00B2000226")[1] == 0x6A83
    assert lpa.send("00B2000326") == (first, 0x9000)
    assert lpa.send("00B2000426") == (first, 0x9000)
    assert words(lpa, "00B2000326", "00B2000126", "00B201F426") == [0x6A83, 0x6A86, 0x9000]


def test_updates_need_their_pin(lpa):
    lpa = made(pin_enabled=True)
    lpa.send("00A40004022F05")
    assert lpa.send("00D60000026465")[1] == 0x6982
    assert lpa.send("0020000108" + WRONG)[1] == 0x63C2
    assert lpa.send("0020000108" + PIN)[1] == 0x9000
    assert words(lpa, "00D60000026465", "00D60009026465", "00D6000B0164", "00D60000") == [
        0x9000, 0x6700, 0x6B00, 0x6700,
    ]  # fmt: skip
    assert lpa.send("00B0000003") == (b"de\xff", 0x9000)


def test_changes_survive_a_reset_and_verification_does_not():
    lpa = made(pin_enabled=True)
    lpa.send("0020000108" + PIN)
    lpa.send("00A40004022F05")
    lpa.send("00D60000026465")
    started(lpa)
    lpa.send("00A40004022F05")
    assert lpa.send("00B0000002") == (b"de", 0x9000)
    assert lpa.send("00D60000026465")[1] != 0x9000


def test_linear_records_are_updated_in_place(lpa):
    lpa.send("00A40804047F106F3A")
    record = "41" * 28
    assert words(lpa, "00DC02041C" + record, "00DC020401FF", "00DC0B041C" + record) == [
        0x9000, 0x6700, 0x6A83,
    ]  # fmt: skip
    assert lpa.send("00B202041C") == (bytes.fromhex(record), 0x9000)
    assert lpa.send("00B201041C")[0] == b"\xff" * 28
    assert lpa.send("00A2010402" + "4141") == (b"\x02", 0x9000)
    assert lpa.send("00A20A0502" + "4141") == (b"\x02", 0x9000)
    assert words(lpa, "00A20104014E", "00A2010701FF", "00A20104") == [0x6A83, 0x6A86, 0x6700]


def test_a_cyclic_file_turns(lpa):
    lpa.send(USIM)
    lpa.send("00A40004026F39")
    assert words(lpa, "00DC000303000001", "00DC000303000002", "00DC010403000001") == [
        0x9000, 0x9000, 0x6A86,
    ]  # fmt: skip
    assert [lpa.send(f"00B20{n}0403")[0].hex() for n in (1, 2, 3)] == ["000002", "000001", "000000"]


def test_a_file_can_be_deactivated_by_the_administrator(lpa):
    lpa.send("00A40004022FE2")
    assert lpa.send("00040000")[1] == 0x6982
    lpa.send("0020000A083535353535353535")
    assert words(lpa, "00040000", "00B000000A", "00440000", "00B000000A") == [
        0x9000, 0x6984, 0x9000, 0x9000,
    ]  # fmt: skip


def test_other_classes_and_instructions_are_refused(lpa):
    assert words(lpa, "00FF000000", "B0A4000000", "80B0000001") == [0x6D00, 0x6E00, 0x6E00]
