import pytest

from tests.kits.esim.uicc import made, words


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


def test_select_may_ask_for_no_response(lpa):
    assert lpa.send("00A4000C022FE2") == (b"", 0x9000)


@pytest.mark.parametrize(
    ("command", "word"),
    [("00A40004013F", 0x6700), ("00A40504023F00", 0x6A86), ("00A40004042FE22FE2", 0x6700),
     ("00A4080400", 0x6700), ("00A4000400", 0x9000)],
)  # fmt: skip
def test_a_wrong_select_has_its_status_word(lpa, command, word):
    assert lpa.send(command)[1] == word
