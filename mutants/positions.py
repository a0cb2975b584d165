"""The possible changes of the code: the selection of cosmic-ray's mutations."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import cosmic_ray.plugins
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator

from .remove_call import RemoveCall

WANTED = (
    "core/ReplaceComparisonOperator_", "core/NumberReplacer", "core/ReplaceAndWithOr",
    "core/ReplaceOrWithAnd", "core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue",
    "core/AddNot",
    "core/ReplaceBreakWithContinue", "core/ReplaceContinueWithBreak", "core/ZeroIterationForLoop",
    "core/ReplaceUnaryOperator_Delete_", "core/ReplaceBinaryOperator_Add_Sub",
    "core/ReplaceBinaryOperator_Sub_Add", "core/ReplaceBinaryOperator_BitAnd_BitOr",
    "core/ReplaceBinaryOperator_BitOr_BitAnd", "core/ReplaceBinaryOperator_LShift_RShift",
    "core/ReplaceBinaryOperator_RShift_LShift", "core/ReplaceBinaryOperator_Mul_Div",
    "core/ReplaceBinaryOperator_BitXor_BitAnd",
)  # fmt: skip
"""cosmic-ray's operators for plausible mistakes. Without replaced names, which fail at once."""
TYPES = frozenset({"param", "tfpdef", "annassign"})
"""Nodes of annotations, where `|` is never executed."""


SAME = ("@dataclass(", "strict=", "TYPE_CHECKING")
"""Lines whose change affects only speed or Python's own checks."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: the `occurrence`th position in a module where an operator applies."""

    path: Path
    operator: str
    occurrence: int
    line: int

    def code(self, source: str) -> str | None:
        """Return the changed module; None if the text is unchanged."""
        changed: str | None = mutate_code(source, operators()[self.operator], self.occurrence)
        return None if changed == source else changed


def operators() -> dict[str, Operator]:
    """Return the operators by name."""
    names = [name for name in cosmic_ray.plugins.operator_names() if name.startswith(WANTED)]
    found = {name: cosmic_ray.plugins.get_operator(name)() for name in sorted(names)}
    return {**found, "RemoveCall": RemoveCall()}


def mutants(path: Path, source: str) -> Iterator[Mutant]:
    """Yield every selected change of a module."""
    nodes, lines = list(ast_nodes(get_ast(source))), source.splitlines()
    for name, operator in operators().items():
        occurrence = 0
        for node in nodes:
            for (line, _), _ in operator.mutation_positions(node):
                same = any(word in lines[line - 1] for word in SAME)
                if not same and not _in_types(node):
                    yield Mutant(path, name, occurrence, line)
                occurrence += 1


def sample(
    root: Path, modules: Sequence[Path], size: int, seed: int, wanted: tuple[str, ...] = ("",)
) -> list[Mutant]:
    """Sample the changes of all modules, evenly by kind, reproducibly by seed; all if `size` is 0.

    `wanted` are prefixes of the kinds' names.
    """
    kinds: dict[str, list[Mutant]] = {}
    for path in modules:
        for mutant in mutants(path, (root / path).read_text()):
            if _kind(mutant.operator).startswith(wanted):
                kinds.setdefault(_kind(mutant.operator), []).append(mutant)
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose, nothing secret
    for known in kinds.values():
        dice.shuffle(known)
    rounds = max(map(len, kinds.values()), default=0)
    turns = (
        known[n] for n in range(rounds) for _, known in sorted(kinds.items()) if n < len(known)
    )
    return list(islice(turns, size or None))


def _kind(operator: str) -> str:
    return operator.removeprefix("core/").partition("_")[0]


def _in_types(node: Any) -> bool:
    inner = node
    while (outer := inner.parent) is not None:
        if outer.type in TYPES:
            return "=" not in outer.children or inner is not outer.children[-1]
        if outer.type == "funcdef":
            return bool(outer.annotation is inner)
        inner = outer
    return False
