"""A mutation missing in cosmic-ray: remove a call that is a statement of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import parso
from cosmic_ray.operators.operator import Example, Operator

Position = tuple[tuple[int, int], tuple[int, int]]


class RemoveCall(Operator):
    """`slot.reset()` becomes `pass`."""

    def mutation_positions(self, node: Any) -> Iterator[Position]:
        """Yield the positions of calls that are statements of their own."""
        if _is_call_alone(node):
            yield (node.start_pos, node.end_pos)

    def mutate(self, node: Any, index: int) -> Any:
        """Replace the call with `pass`."""
        assert index == 0
        made = parso.parse("pass").children[0]
        made.prefix = node.get_first_leaf().prefix
        return made

    @classmethod
    def examples(cls) -> Sequence[Example]:
        """Return the description for cosmic-ray."""
        return (Example("a.b(1)\nc = d()\n", "pass\nc = d()\n"),)


def _is_call_alone(node: Any) -> bool:
    if node.type != "atom_expr" or node.parent.type != "simple_stmt":
        return False
    last = node.children[-1]
    return last.type == "trailer" and last.children[0] == "("
