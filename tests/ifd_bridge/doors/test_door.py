"""How a pcscd reaches a world's readers."""

from ifd_bridge.pcscd.daemon import Entrance


def test_an_entrance_asks_for_nothing_by_itself():
    bare = Entrance()
    assert (bare.readers, bare.drivers, dict(bare.environ)) == ((), None, {})
