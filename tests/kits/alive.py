"""How many objects of a class there are; compiled classes have no weak references to ask."""

from __future__ import annotations

import gc


def alive(kind: type) -> int:
    """The instances of exactly this class that something still refers to."""
    gc.collect()
    return sum(type(one) is kind for one in gc.get_objects())
