"""How a pcscd reaches a world's readers."""

from ifd_bridge.doors.door import unknown
from ifd_bridge.pcscd.daemon import Entrance


def test_an_entrance_asks_for_nothing_by_itself():
    bare = Entrance()
    assert (bare.readers, bare.drivers, dict(bare.environ)) == ((), None, {})


def test_a_reader_that_cannot_be_added_is_named_with_what_can_be_done():
    assert "'R' cannot be added to this world: so it is; name it" in str(unknown("R", "so it is"))
