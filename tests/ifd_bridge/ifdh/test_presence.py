import pytest

from ifd_bridge.ifdh.presence import Presence


def test_presence_is_a_value_that_nobody_changes():
    here = Presence(present=True, removals=2)
    assert here == Presence(present=True, removals=2)
    with pytest.raises(AttributeError):
        here.present = False
