from dataclasses import replace

import pytest

from applets.shared.file_system.access_rules import Mode
from applets.shared.file_system.contents import Contents
from applets.shared.file_system.tree import MF, File, Kind, Life, Tree
from vcard import SW, Memory

FILE = File((MF, 0x2F05), Kind.TRANSPARENT, b"first")
LINK = File((MF, 0x2F06), Kind.TRANSPARENT, b"first", link=FILE.path)


class ReadOnly:
    """Rules that allow reading and forbid updates."""

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
    contents.set_life(FILE, Life.DEACTIVATED)
    assert not contents.active(FILE)
    with pytest.raises(SW) as caught:
        contents.require(FILE, Mode.READ)
    assert caught.value == SW.REFERENCE_DATA_NOT_USABLE
    contents.require(FILE, Mode.ACTIVATE)
    contents.set_life(FILE, Life.ACTIVATED)
    contents.require(FILE, Mode.READ)


DIRECTORY = File((MF, 0x7F10), Kind.DF)
INSIDE = File((MF, 0x7F10, 0x6F3A), Kind.TRANSPARENT, b"in")


def test_a_file_deactivated_before_life_cycles_were_kept_stays_so(contents, memory):
    memory["x/off/3F002F05"] = True
    assert contents.life(FILE) is Life.DEACTIVATED
    contents.set_life(FILE, Life.ACTIVATED)
    assert contents.life(FILE) is Life.ACTIVATED


def test_what_is_in_a_terminated_directory_is_terminated(contents):
    contents.put(DIRECTORY)
    contents.put(INSIDE)
    contents.set_life(DIRECTORY, Life.TERMINATED)
    assert contents.life(INSIDE) is Life.TERMINATED
    with pytest.raises(SW) as caught:
        contents.require(INSIDE, Mode.READ)
    assert caught.value == SW.CONDITIONS_NOT_SATISFIED
    contents.require(INSIDE, Mode.DELETE)


def test_a_new_file_is_there_on_every_view_of_the_memory(contents, memory):
    contents.put(DIRECTORY)
    assert contents.tree.by_path[DIRECTORY.path] == DIRECTORY
    again = Contents(Tree((FILE, LINK)), memory.section("x"), ReadOnly())
    assert again.tree.child((MF,), 0x7F10) == DIRECTORY


def test_a_deleted_file_leaves_nothing(contents, memory):
    before = dict(memory)
    contents.put(DIRECTORY)
    contents.put(INSIDE)
    contents.write(INSIDE, b"new")
    contents.set_life(INSIDE, Life.DEACTIVATED)
    contents.remove(DIRECTORY)
    assert dict(memory) == {**before, "x/tree": ()}
    contents.remove(FILE)
    assert FILE.path not in contents.tree.by_path


def test_a_body_stays_as_long_as_a_link_shares_it(contents):
    contents.write(FILE, b"new")
    contents.remove(FILE)
    assert contents.content(LINK) == b"new"


def test_what_is_undone_in_the_memory_is_undone_in_the_tree(contents, memory):
    with pytest.raises(SW), memory.transaction():
        contents.put(DIRECTORY)
        assert DIRECTORY.path in contents.tree.by_path
        raise SW.WRONG_DATA
    assert DIRECTORY.path not in contents.tree.by_path


def test_a_file_that_says_so_is_used_though_it_is_deactivated(memory):
    usable = replace(FILE, special=0x40)
    contents = Contents(Tree((usable,)), memory.section("x"), ReadOnly())
    contents.set_life(usable, Life.DEACTIVATED)
    contents.require(usable, Mode.READ)
    contents.set_life(usable, Life.TERMINATED)
    with pytest.raises(SW):
        contents.require(usable, Mode.READ)
