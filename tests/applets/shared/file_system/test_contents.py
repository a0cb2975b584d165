import pytest

from applets.shared.file_system.access_rules import Mode
from applets.shared.file_system.contents import Contents
from applets.shared.file_system.tree import MF, File, Kind, Tree
from vcard import SW, Memory

FILE = File((MF, 0x2F05), Kind.TRANSPARENT, b"first")
LINK = File((MF, 0x2F06), Kind.TRANSPARENT, b"first", link=FILE.path)


class ReadOnly:
    """Everybody may read, nobody may update."""

    def permits(self, file, mode):
        return mode is not Mode.UPDATE


@pytest.fixture
def memory():
    return Memory()


@pytest.fixture
def contents(memory):
    return Contents(Tree((FILE, LINK)), memory.section("x"), ReadOnly())


def test_only_changes_are_kept(contents, memory):
    assert contents.content(FILE) == b"first"
    assert list(memory) == []
    contents.write(FILE, b"new")
    assert contents.content(FILE) == b"new"
    assert memory["x/f/3F002F05"] == b"new"


def test_a_link_shares_the_body_of_its_file(contents):
    contents.write(FILE, b"new")
    assert contents.content(LINK) == b"new"


def test_the_strategy_decides_on_access(contents):
    contents.require(FILE, Mode.READ)
    with pytest.raises(SW) as caught:
        contents.require(FILE, Mode.UPDATE)
    assert caught.value == SW.SECURITY_STATUS_NOT_SATISFIED


def test_a_deactivated_file_cannot_be_read(contents):
    contents.activate(FILE, active=False)
    with pytest.raises(SW) as caught:
        contents.require(FILE, Mode.READ)
    assert caught.value == SW.CONDITIONS_NOT_SATISFIED
    contents.require(FILE, Mode.ACTIVATE)
    contents.activate(FILE, active=True)
    contents.require(FILE, Mode.READ)
