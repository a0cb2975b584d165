from pathlib import Path

import pytest

from readers.ccid.codes import IccStatus
from readers.ccid.descriptor import Descriptor
from readers.exchange.levels import exchange_for
from readers.models import PLAIN
from readers.slot import Slot
from readers.slot_states import TRANSITIONS, Happening


def test_every_transition_is_taken():
    for (before, what), after in TRANSITIONS.items():
        slot = Slot(0, exchange_for(PLAIN), Descriptor())
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
    slot = Slot(0, exchange_for(PLAIN), Descriptor())
    with pytest.raises(KeyError):
        slot.happens(Happening.REMOVED)


def picture() -> str:
    """The transitions as they are drawn in docs/explanation/states.md."""
    rows = (
        f"{before.name:<8} --{what.name.lower()}--> {after.name}"
        for (before, what), after in TRANSITIONS.items()
    )
    return "\n".join(rows)


def test_the_picture_in_the_documentation_is_the_table():
    text = (Path(__file__).parents[2] / "docs/explanation/states.md").read_text()
    assert picture() in text
