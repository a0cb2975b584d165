"""The states of a slot, which are those of bmICCStatus, as a table.

A card that is taken out and put back is never active: a host has to power it anew, so that no
session outlives a card.

Spec: USB CCID 1.1, 4.2 (ICC states), 6.2.6 (bmICCStatus).
"""

from __future__ import annotations

from enum import Enum, auto

from .ccid.codes import IccStatus


class Happening(Enum):
    """What moves a slot from one state to another."""

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
"""The state after each happening; what is not here cannot happen."""
