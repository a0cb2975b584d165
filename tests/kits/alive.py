"""Count the objects of a class; compiled classes have no weak references."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any


def alive(kind: type, which: Callable[[Any], bool] = lambda _: True) -> int:
    """Count the referenced instances of exactly this class, or those that `which` selects.

    Objects in other tests' threads may disappear at any time.
    """
    gc.collect()
    return sum(type(one) is kind and which(one) for one in gc.get_objects())
