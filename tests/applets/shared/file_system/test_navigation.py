import pytest

from applets.shared.file_system import MF, Contents, File, FileCommands, Kind, Mode, Tree
from tests.kits.esim.uicc import made, words
from vcard import Card, Memory


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


# A card that is no UICC: its own strategy, one application, every selection of ISO/IEC 7816-4.

AID = bytes.fromhex("A000000063")
FILES = (
    File((MF,), Kind.DF),
    File((MF, 0x5015), Kind.DF, aid=AID),
    File((MF, 0x5015, 0x4401), Kind.TRANSPARENT, b"objects", rule=0),
    File((MF, 0x5015, 0x4402), Kind.TRANSPARENT, b"secret", rule=1),
)


class ByNumber:
    """Rule 0 allows reading; rule 1 allows nothing."""

    def permits(self, file, mode):
        return file.rule == 0 and mode is Mode.READ


class Token(FileCommands):
    section = "Token"

    def files_on(self, port):
        return self.contents

    def installed(self):
        self.contents = Contents(Tree(FILES), self.memory, ByNumber())


@pytest.fixture
def token():
    card = Card(Token(), memory=Memory())
    card.power_up()
    assert card.exchange(b"\0\xa4\4\0\x05" + AID)[:2] == b"\x62\x12"
    return lambda command: card.exchange(bytes.fromhex(command)).hex()


def test_another_card_brings_its_own_access_rules(token):
    assert token("00A4020C024401") == "9000"
    assert token("00B0000000") == b"objects".hex() + "9000"
    assert token("00D600000178") == "6982"
    assert (token("00A4020C024402"), token("00B0000000")) == ("9000", "6982")


def test_an_ef_is_selected_as_a_child_and_a_df_is_not(token):
    assert token("00A4000C023F00") == "9000"
    assert token("00A4020C025015") == "6a82"
    assert token("00A4020C024401") == "6a82"
    assert token("00A4010C025015") == "9000"


def test_another_card_knows_no_command_of_a_uicc(token):
    assert (token("80F2000000"), token("0020000100")) == ("6d00", "6d00")
