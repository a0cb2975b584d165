"""How many objects of a class there are; compiled classes have no weak references to ask."""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any


def alive(kind: type, which: Callable[[Any], bool] = lambda _: True) -> int:
    """The instances of exactly this class that something still refers to, or `which` of them.

    What other tests leave to their threads goes at any time.
    """
    gc.collect()
    return sum(type(one) is kind and which(one) for one in gc.get_objects())
