"""Work that waits for the user's touch.

A card has no clock: it waits in steps and counts the time of its own answers.
"""

from __future__ import annotations

from collections.abc import Callable

from .reply import Later, Reply
from .touch import STEP_S, Touch, Verdict


def when_touched(touch: Touch, work: Callable[[], Reply], otherwise: Reply) -> Reply:
    """Ask for a touch, and do `work` once it has come; answer `otherwise` if it does not."""
    touch.ask()
    return _look(touch, work, otherwise, 0)


def _look(touch: Touch, work: Callable[[], Reply], otherwise: Reply, steps: int) -> Reply:
    verdict = touch.verdict(steps * STEP_S)
    if verdict is None:
        return Later(STEP_S, lambda: _look(touch, work, otherwise, steps + 1))
    return work() if verdict is Verdict.TOUCHED else otherwise
