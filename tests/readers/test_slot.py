from pathlib import Path

import pytest

from readers.codes import IccStatus
from readers.descriptor import Descriptor
from readers.levels import exchange_for
from readers.slot import TRANSITIONS, Happening, Slot


def test_every_transition_is_taken():
    for (before, what), after in TRANSITIONS.items():
        slot = Slot(0, exchange_for(Descriptor()), Descriptor())
        slot.state = before
        slot.clock_stopped = True
        slot.happens(what)
        assert slot.state is after
        assert not slot.clock_stopped


def test_what_cannot_happen_is_not_in_the_table():
    possible = {
        IccStatus.ABSENT: {Happening.INSERTED},
        IccStatus.INACTIVE: set(Happening) - {Happening.INSERTED},
        IccStatus.ACTIVE: set(Happening) - {Happening.INSERTED},
    }
    for state, happenings in possible.items():
        assert {what for (before, what) in TRANSITIONS if before is state} == happenings
    slot = Slot(0, exchange_for(Descriptor()), Descriptor())
    with pytest.raises(KeyError):
        slot.happens(Happening.REMOVED)


def picture() -> str:
    """The transitions as they are drawn in ARCHITECTURE.md."""
    rows = (
        f"{before.name:<8} --{what.name.lower()}--> {after.name}"
        for (before, what), after in TRANSITIONS.items()
    )
    return "\n".join(rows)


def test_the_picture_in_the_architecture_is_the_table():
    text = (Path(__file__).parents[2] / "ARCHITECTURE.md").read_text()
    assert picture() in text
