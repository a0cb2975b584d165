import pytest

from applets.esim.aka import xor
from applets.esim.euicc import Euicc
from applets.esim.files import MF, File, Kind
from applets.esim.simple import READ_PIN_UPDATE_PIN, profile
from applets.esim.usim import challenge
from tests.esim.lpa import Lpa

USIM = "00A4040007A0000000871002"
PIN, WRONG = "30303030FFFFFFFF", "31313131FFFFFFFF"
INCREASABLE = File((MF, 0x7FD0, 0x6F39), Kind.CYCLIC, bytes(9), 3, rule=6)
RULES = profile("8949000000000000018", "001010000000001").tree.by_path[(MF, 0x7FD0, 0x2F06)]
MORE_RULES = File(
    RULES.path, RULES.kind,
    RULES.content + bytes.fromhex("8401329000800103A4068301019501088001189000").ljust(40, b"\xff"),
    40, sfi=6,
)  # fmt: skip


def made(**options) -> Lpa:
    one = profile("8949000000000000018", "001010000000001", isim=True,
                  file=(INCREASABLE, MORE_RULES), **options)  # fmt: skip
    return started(Lpa(Euicc((one,), enable=1), channel=0))


def started(lpa: Lpa) -> Lpa:
    lpa.start().send("00A40004023F00")
    return lpa


@pytest.fixture
def lpa():
    return made()


def words(lpa, *commands):
    return [lpa.send(command)[1] for command in commands]


def test_files_are_selected_by_identifier(lpa):
    assert words(lpa, "00A40004022FE2", "00A40004027F10", "00A40004026F3A", "00A40004023F00",
                 "00A40004020000") == [0x9000] * 4 + [0x6A82]  # fmt: skip


def test_files_are_selected_by_path(lpa):
    assert (
        words(lpa, "00A40804047F106F3A", "00A408040" + "63F007F106F42", "00A40904026F40")
        == [0x9000] * 3
    )
    assert lpa.send("00A40804047F106F99")[1] == 0x6A82


def test_a_parent_a_sibling_and_the_df_itself_can_be_selected(lpa):
    lpa.send("00A40004027F10")
    assert lpa.send("00A40004027FD0")[1] == 0x9000
    assert lpa.send("00A40004027FD0")[0][6:10].hex() == "83027fd0"[:8]
    assert lpa.send("00A40304" + "00")[0].hex().startswith("62")
    assert words(lpa, "00A40004027F10", "00A40004023F00", "00A4030400") == [0x9000, 0x9000, 0x6A82]


def test_an_application_is_selected_by_aid_and_found_again_as_current(lpa):
    assert lpa.send("00A40004027FFF")[1] == 0x6A82
    data, word = lpa.send(USIM)
    assert (data.find(bytes.fromhex("840CA0000000871002FF49FF0589")) > 0, word) == (True, 0x9000)
    assert words(lpa, "00A40004023F00", "00A40004027FFF", "00A40804047FFF6F07") == [0x9000] * 3
    assert lpa.send("00A4040007A0000000871099")[1] == 0x6A82


def test_select_may_ask_for_no_response(lpa):
    assert lpa.send("00A4000C022FE2") == (b"", 0x9000)


@pytest.mark.parametrize(
    ("command", "word"),
    [("00A40004013F", 0x6700), ("00A40504023F00", 0x6A86), ("00A40004042FE22FE2", 0x6700),
     ("00A4080400", 0x6700), ("00A4000400", 0x9000)],
)  # fmt: skip
def test_a_wrong_select_has_its_status_word(lpa, command, word):
    assert lpa.send(command)[1] == word


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
    assert words(lpa, "00A20104014E", "00A2010601FF", "00A20104") == [0x6A88, 0x6A86, 0x6700]


def test_a_cyclic_file_turns(lpa):
    lpa.send(USIM)
    lpa.send("00A40004026F39")
    assert words(lpa, "00DC000303000001", "00DC000303000002", "00DC010403000001") == [
        0x9000, 0x9000, 0x6A86,
    ]  # fmt: skip
    assert [lpa.send(f"00B20{n}0403")[0].hex() for n in (1, 2, 3)] == ["000002", "000001", "000000"]
    assert lpa.send("8032000003000005") == (bytes.fromhex("000007000005"), 0x9000)
    assert lpa.send("0032000003FFFFFF")[1] == 0x9850


def test_a_file_can_be_deactivated_by_the_administrator(lpa):
    lpa.send("00A40004022FE2")
    assert lpa.send("00040000")[1] == 0x6982
    lpa.send("0020000A083535353535353535")
    assert words(lpa, "00040000", "00B000000A", "00440000", "00B000000A") == [
        0x9000, 0x6985, 0x9000, 0x9000,
    ]  # fmt: skip


def test_pins_are_counted_changed_switched_and_unblocked():
    lpa = made(pin_enabled=True)
    assert words(lpa, "00200001", "0020000108" + WRONG, "00200001", "0024000110" + PIN + WRONG) == [
        0x63C3, 0x63C2, 0x63C2, 0x9000,
    ]  # fmt: skip
    assert words(lpa, "0020000108" + WRONG, "0026000108" + WRONG, "0020000108" + WRONG) == [
        0x9000, 0x9000, 0x6984,
    ]  # fmt: skip
    assert words(lpa, "0028000108" + WRONG, "0028000108" + WRONG) == [0x9000, 0x6984]
    assert words(lpa, *["0020000108" + PIN] * 4) == [0x63C2, 0x63C1, 0x6983, 0x6983]
    puk = "3132333435363738"
    assert words(lpa, "002C0001", "002C000110" + PIN + PIN, "002C000110" + puk + PIN) == [
        0x63CA, 0x63C9, 0x9000,
    ]  # fmt: skip
    short = "0020000107" + PIN[:14]
    assert words(lpa, "00200001", short, "00200055", "002C000A", "0020010108" + PIN) == [
        0x63C3, 0x6700, 0x6A88, 0x6A88, 0x6A86,
    ]  # fmt: skip


def test_status_tells_where_the_channel_is(lpa):
    lpa.send(USIM)
    assert lpa.send("80F2000000")[0] == lpa.send(USIM)[0]
    assert lpa.send("80F2000100")[0][:2].hex() == "840c"
    assert words(lpa, "80F2000C00", "80F2000500") == [0x9000, 0x6A86]
    lpa.start()
    lpa.send("00A40004023F00")
    assert lpa.send("80F2000100")[1] == 0x6985


def subscribed(**options):
    lpa = made(**options)
    lpa.send(USIM)
    return lpa, lpa.card.ports[0].enabled.aka.make()


RAND = bytes(range(16))


def authenticate(lpa, sqn, algorithm, flip=0):
    autn = bytearray(challenge(algorithm, sqn, RAND))
    autn[-1] ^= flip
    return lpa.send(b"\0\x88\0\x81\x22\x10" + RAND + b"\x10" + bytes(autn))


def test_authentication_gives_keys_and_resynchronises():
    lpa, algorithm = subscribed()
    keys = algorithm.f2345(RAND)
    data, word = authenticate(lpa, 64, algorithm)
    assert word == 0x9000
    assert data[:11] == b"\xdb\x08" + keys.res + b"\x10"
    assert data[-9:-8] == b"\x08"
    auts, word = authenticate(lpa, 64, algorithm)
    assert (auts[:2].hex(), word) == ("dc0e", 0x9000)
    known = int.from_bytes(xor(auts[2:8], algorithm.f5_star(RAND)), "big")
    assert authenticate(lpa, known + 32, algorithm)[0][0] == 0xDB
    assert authenticate(lpa, 999, algorithm, flip=1) == (b"", 0x9862)


def test_used_sequence_numbers_survive_a_reset():
    lpa, algorithm = subscribed()
    authenticate(lpa, 64, algorithm)
    lpa.start()
    lpa.send(USIM)
    assert authenticate(lpa, 64, algorithm)[0][0] == 0xDC


def test_the_gsm_context_gives_sres_and_kc():
    lpa, _ = subscribed()
    data, word = lpa.send("0088008011" + "10" + RAND.hex())
    assert (data[0], data[5], len(data), word) == (4, 8, 14, 0x9000)


@pytest.mark.parametrize(
    ("command", "word"),
    [("0088008101" + "10", 0x6700), ("0088008011" + "0F" + "00" * 16, 0x6A80),
     ("0088008012" + "10" + "00" * 17, 0x6700), ("00880082" + "01FF", 0x6A86)],
)  # fmt: skip
def test_a_malformed_challenge_has_its_status_word(command, word):
    assert subscribed()[0].send(command)[1] == word


def test_authentication_needs_the_application_and_its_pin():
    lpa = made(pin_enabled=True)
    lpa.send("00A40004023F00")
    assert lpa.send("0088008011" + "10" + RAND.hex())[1] == 0x6985
    lpa.send(USIM)
    assert lpa.send("0088008011" + "10" + RAND.hex())[1] == 0x6982


def test_other_classes_and_instructions_are_refused(lpa):
    assert words(lpa, "00FE000000", "B0A4000000", "80B0000001") == [0x6D00, 0x6E00, 0x6E00]
    assert READ_PIN_UPDATE_PIN == 3
