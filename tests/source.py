"""Our own source files, read, parsed and walked once for all the tests about the tree."""

from __future__ import annotations

import ast
from collections import defaultdict
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
    def _nodes(self) -> dict[type, list[ast.AST]]:
        nodes = defaultdict(list)
        for node in ast.walk(self.tree):
            nodes[type(node)].append(node)
        return nodes

    def nodes(self, *types: type[ast.AST]) -> list[ast.AST]:
        return [node for each in types for node in self._nodes.get(each, ())]


@cache
def sources() -> tuple[Source, ...]:
    """Every module of the packages."""
    paths = (path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(Source(path.relative_to(ROOT), path.read_text()) for path in paths)
