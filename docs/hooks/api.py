"""The pages on what is public in Python: the packages that say so by `__all__`."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PUBLIC = ("vcard", "readers", "applets", "ifd_bridge")
INSIDE = {"applets": {"shared"}, "ifd_bridge": {"*"}}
"""Packages whose inner packages are their own business; `*` are all."""


def packages() -> Iterator[str]:
    """The dotted names of the public packages, one folder deep."""
    for house in PUBLIC:
        for path in sorted((ROOT / house).glob("**/__init__.py")):
            parts = path.parent.relative_to(ROOT).parts
            hidden = INSIDE.get(house, set())
            if len(parts) > 2 or (len(parts) == 2 and hidden & {"*", parts[1]}):
                continue
            if exported(path):
                yield ".".join(parts)


def exported(path: Path) -> list[str]:
    """The names in a module's `__all__`."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            return list(ast.literal_eval(node.value))
    return []


def pages() -> Iterator[tuple[str, str]]:
    """The path and the text of each page."""
    names = list(packages())
    yield "reference/api/index.md", "\n".join(_index(names))
    for name in names:
        yield f"reference/api/{name}.md", f"# {name}\n\n::: {name}\n"
    yield "reference/api/pytest.md", "\n".join(_pytest())


def _index(names: list[str]) -> Iterator[str]:
    yield "# What is public\n"
    yield (
        "The names below, with their parameters and attributes, stay as they are within a major"
        " version, or are kept beside their successors for one. Whatever else can be imported is"
        " our own business and may change with each release. The fixtures are on"
        " [their page](pytest.md); the [command line](../command-line.md) with its exit statuses"
        " and `--json` is public as well, and so are state files, recordings and scripts: old ones"
        " load.\n"
    )
    for name in names:
        path = ROOT / Path(*name.split(".")) / "__init__.py"
        yield f"* [`{name}`]({name}.md): {', '.join(f'`{one}`' for one in exported(path))}"


def _pytest() -> Iterator[str]:
    yield "# The pytest plugin\n"
    folder = ROOT / "ifd_bridge/testing"
    for path in (folder / "pytest_plugin.py", *sorted(folder.glob("*_fixture.py"))):
        tree = ast.parse(path.read_text())
        yield f"## {path.stem.replace('_', ' ')}\n"
        yield f"{ast.get_docstring(tree)}\n"
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and any(
                "fixture" in ast.unparse(d) for d in node.decorator_list
            ):
                yield f"### {node.name}\n"
                yield f"{ast.get_docstring(node)}\n"


def _is_fixture(function: ast.FunctionDef) -> bool:
    return any("fixture" in ast.unparse(each) for each in function.decorator_list)
