"""The states of a slot (those of bmICCStatus), as a table.

A card that was removed and reinserted is never active: the host must power it up again, so no
session outlives a card.

Spec: USB CCID 1.1, 4.2 (ICC states), 6.2.6 (bmICCStatus).
"""

from __future__ import annotations

from enum import Enum, auto

from .ccid.codes import IccStatus


class Happening(Enum):
    """An event that changes the state of a slot."""

    INSERTED = auto()
    REMOVED = auto()
    ACTIVATED = auto()
    DEACTIVATED = auto()


TRANSITIONS: dict[tuple[IccStatus, Happening], IccStatus] = {
    (IccStatus.ABSENT, Happening.INSERTED): IccStatus.INACTIVE,
    (IccStatus.INACTIVE, Happening.ACTIVATED): IccStatus.ACTIVE,
    (IccStatus.INACTIVE, Happening.DEACTIVATED): IccStatus.INACTIVE,
    (IccStatus.INACTIVE, Happening.REMOVED): IccStatus.ABSENT,
    (IccStatus.ACTIVE, Happening.ACTIVATED): IccStatus.ACTIVE,
    (IccStatus.ACTIVE, Happening.DEACTIVATED): IccStatus.INACTIVE,
    (IccStatus.ACTIVE, Happening.REMOVED): IccStatus.ABSENT,
}
"""The state after each event; a pair that is missing cannot occur."""
