"""The folders import downwards only, and the inner ones do no I/O."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "vcard": {"vcard"},
    "applets": {"vcard", "applets"},
    "readers": {"vcard", "readers"},
    "ifd_bridge": {"vcard", "applets", "readers", "ifd_bridge"},
}
OURS = set(MAY_IMPORT)
IMPURE = {
    "_thread", "asyncio", "concurrent", "fcntl", "io", "mmap", "multiprocessing",
    "os", "pathlib", "queue", "select", "selectors", "shutil", "signal", "socket",
    "socketserver", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
MODULES = sorted(path for folder in MAY_IMPORT for path in (ROOT / folder).rglob("*.py"))


def imports(path: Path, *, at_import_only: bool = False) -> Iterator[str]:
    """The absolute names of the modules that a file imports."""
    package = path.relative_to(ROOT).with_suffix("").parts
    package = package[:-1]
    tree = ast.parse(path.read_text())
    nodes = top_level(tree) if at_import_only else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            module = ".".join(filter(None, (base, node.module)))
            yield from (f"{module}.{alias.name}" for alias in node.names)


def top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in tree.body:
        if isinstance(node, ast.Try):
            yield from node.body
        else:
            yield node


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_folder_imports_only_what_stands_below_it(path: Path) -> None:
    folder = path.relative_to(ROOT).parts[0]
    used = {name.split(".")[0] for name in imports(path)} & OURS
    assert used <= MAY_IMPORT[folder]


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.relative_to(ROOT).parts[0] != "ifd_bridge"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_cards_and_readers_do_no_input_or_output(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)}
    assert not used & IMPURE
    called = {
        node.func.id
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not called & {"open", "print", "input", "exec", "eval", "__import__"}


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.relative_to(ROOT).parts[0] != "ifd_bridge"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_cards_and_readers_handle_dates_but_ask_no_clock(path: Path) -> None:
    tree = ast.parse(path.read_text())
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert "datetime" not in path.read_text() or not used & {"now", "utcnow", "today"}


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {module_name(path): path for path in MODULES}
    graph = {}
    for name, path in names.items():
        found = set()
        for imported in imports(path, at_import_only=True):
            target = imported if imported in names else imported.rpartition(".")[0]
            if target in names and target != name and not name.startswith(target + "."):
                found.add(target)
        graph[name] = found
    assert circle(graph) == []


def circle(graph: dict[str, set[str]]) -> list[str]:
    """One circle in the graph, or nothing."""
    done: set[str] = set()

    def walk(name: str, trail: list[str]) -> list[str]:
        if name in trail:
            return trail[trail.index(name) :]
        if name not in done:
            for other in sorted(graph[name]):
                if found := walk(other, [*trail, name]):
                    return found
            done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := walk(name, []))), [])


def test_the_search_for_circles_finds_one() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) == ["b", "c"]


def test_only_the_standard_library_is_needed_by_cards_and_readers() -> None:
    allowed = sys.stdlib_module_names | OURS | {"cryptography", "asn1tools"}
    for path in MODULES:
        if path.relative_to(ROOT).parts[0] != "ifd_bridge":
            assert {name.split(".")[0] for name in imports(path)} <= allowed, path
