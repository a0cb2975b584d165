import pytest

from ifd_bridge.system.closing import Closing


class Thing(Closing):
    closed = 0

    def close(self) -> None:
        self.closed += 1


def test_a_block_gets_the_thing_itself_and_closes_it():
    with Thing() as thing:
        assert thing.closed == 0
    assert thing.closed == 1


def test_an_error_in_the_block_closes_and_goes_on():
    thing = Thing()
    with pytest.raises(KeyError), thing:
        {}["missing"]
    assert thing.closed == 1
