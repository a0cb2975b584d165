from pathlib import Path

from applets.esim.profile_states import TABLE, Action, Result, State, drawing, refused

STATES = Path(__file__).parents[3] / "docs/explanation/states.md"


def test_every_state_knows_every_action_that_can_happen_in_it():
    possible = {(state, action) for state in State for action in Action}
    impossible = {
        (State.ABSENT, Action.RESET),
        (State.DISABLED, Action.INSTALL),
        (State.ENABLED, Action.INSTALL),
    }
    assert set(TABLE) == possible - impossible


def test_refusals_carry_the_numbers_of_the_standard():
    assert refused(State.ABSENT, Action.DELETE) is Result.NOT_FOUND == 1
    assert refused(State.ENABLED, Action.DELETE) is Result.WRONG_STATE == 2
    assert refused(State.ENABLED, Action.DISABLE) is None


def test_the_picture_in_the_documentation_is_drawn_from_the_table():
    assert drawing() in STATES.read_text()
