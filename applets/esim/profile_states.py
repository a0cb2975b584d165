"""The actions that each state of a profile allows, as a table.

Spec: GSMA SGP.22, 3.1 (profile state), 5.7.16 to 5.7.18 (EnableProfile, DisableProfile,
DeleteProfile) and the numbers of their results.
"""

from __future__ import annotations

from enum import Enum, IntEnum


class State(Enum):
    """States of a profile on the card."""

    ABSENT = "absent"
    DISABLED = "disabled"
    ENABLED = "enabled"


class Action(Enum):
    """Actions that change the state."""

    INSTALL = "install"
    ENABLE = "enable"
    DISABLE = "disable"
    DELETE = "delete"
    RESET = "memory reset"


class Result(IntEnum):
    """Results of the functions that switch and delete profiles."""

    OK = 0
    NOT_FOUND = 1
    WRONG_STATE = 2
    DISALLOWED_BY_POLICY = 3
    WRONG_PROFILE_REENABLING = 4
    CAT_BUSY = 5
    ENTERPRISE_RULE = 6
    COMMAND_ERROR = 7
    REMOTE_MANAGEMENT = 9
    NO_PORT_AVAILABLE = 10
    UNDEFINED = 127


_ENTERPRISE = "enterprise profiles are an option of version 3 that this card does not have"
_REMOTE = "remote profile management is an option of version 3 that this card does not have"
_FAULT = "a fault of the card itself is answered with 6F00 or 6581, and all is undone"
NEVER = {
    (Action.ENABLE, 6): _ENTERPRISE,
    (Action.ENABLE, 9): _REMOTE,
    (Action.ENABLE, 127): _FAULT,
    (Action.DISABLE, 6): _ENTERPRISE,
    (Action.DISABLE, 9): _REMOTE,
    (Action.DISABLE, 127): _FAULT,
    (Action.DELETE, 4): "only the device knows its test mode, and nothing tells the card of it",
    (Action.DELETE, 127): _FAULT,
}
"""The results of applets.esim.versions that this card never answers, and why."""


TABLE: dict[tuple[State, Action], State | Result] = {
    (State.ABSENT, Action.INSTALL): State.DISABLED,
    (State.ABSENT, Action.ENABLE): Result.NOT_FOUND,
    (State.ABSENT, Action.DISABLE): Result.NOT_FOUND,
    (State.ABSENT, Action.DELETE): Result.NOT_FOUND,
    (State.DISABLED, Action.ENABLE): State.ENABLED,
    (State.DISABLED, Action.DISABLE): Result.WRONG_STATE,
    (State.DISABLED, Action.DELETE): State.ABSENT,
    (State.DISABLED, Action.RESET): State.ABSENT,
    (State.ENABLED, Action.ENABLE): Result.WRONG_STATE,
    (State.ENABLED, Action.DISABLE): State.DISABLED,
    (State.ENABLED, Action.DELETE): Result.WRONG_STATE,
    (State.ENABLED, Action.RESET): State.ABSENT,
}
"""The next state, or the result that refuses. applets.esim.switching applies policy rules, and
disables the profile that held the port of a newly enabled one."""


def refused(state: State, action: Action) -> Result | None:
    """The result that refuses an action; None if it is allowed."""
    outcome = TABLE[state, action]
    return outcome if isinstance(outcome, Result) else None


def drawing() -> str:
    """Draw the table as text: for each state, the transitions and refusals."""
    lines = []
    for state in State:
        for (source, action), outcome in TABLE.items():
            if source is state:
                arrow = (
                    f"--> {outcome.value}"
                    if isinstance(outcome, State)
                    else f"refused: {outcome.value} ({outcome.name.lower().replace('_', ' ')})"
                )
                lines.append(f"{state.value:<9} {action.value:<13} {arrow}")
    return "\n".join(lines)
