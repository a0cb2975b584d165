"""Our own source files, read, parsed and walked once for all tests of the tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("vcard", "applets", "readers", "ifd_bridge")


class Source:
    """A module: its place in the tree, its text and its nodes by type."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def statements(self) -> list[ast.stmt]:
        """Wherever they stand; twenty times fewer than there are nodes."""
        blocks: list[ast.AST] = [self.tree]
        for block in blocks:  # it grows
            for field in ("body", "orelse", "finalbody", "handlers", "cases"):
                inner = getattr(block, field, ())
                blocks.extend(inner if isinstance(inner, list) else ())
        return [block for block in blocks if isinstance(block, ast.stmt)]

    def nodes(self, *types: type[ast.AST]) -> Iterator[ast.AST]:
        return (node for node in ast.walk(self.tree) if isinstance(node, types))

    def calls(self, name: str) -> list[ast.Call]:
        """The calls of functions of that name; modules without it need not be parsed."""
        if name not in self.text:
            return []
        return [node for node in self.nodes(ast.Call) if _last(node.func) == name]


def _last(function: ast.expr) -> str:
    return getattr(function, "attr", None) or getattr(function, "id", "")


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the packages."""
    paths = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(Source(path.relative_to(ROOT), path.read_text()) for path in paths)
