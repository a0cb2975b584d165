import pytest

from tests.kits.esim.uicc import USIM, made, words


@pytest.fixture
def lpa():
    return made()


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


def test_status_tells_where_the_channel_is(lpa):
    lpa.send(USIM)
    assert lpa.send("80F2000000")[0] == lpa.send(USIM)[0]
    assert lpa.send("80F2000100")[0][:2].hex() == "840c"
    assert words(lpa, "80F2000C00", "80F2000500") == [0x9000, 0x6A86]
    lpa.start()
    lpa.send("00A40004023F00")
    assert lpa.send("80F2000100")[1] == 0x6985


def test_a_channel_opened_from_another_starts_in_its_directory(lpa):
    assert lpa.send("0070000001")[0] == b"\x01"
    assert lpa.send("01" + USIM[2:])[1] == 0x9000
    assert words(lpa, "01A40004026F07") == [0x9000]
    assert lpa.send("0170000001")[0] == b"\x02"
    assert lpa.send("02B0000009")[1] == 0x6986  # no EF is current
    assert words(lpa, "02A40004026F07", "02A40004027FFF") == [0x9000] * 2
    assert lpa.send("0070000001")[0] == b"\x03"
    assert words(lpa, "03A40004026F07") == [0x6A82]  # opened from the basic channel: in the MF
