"""The folders import downwards only, and the inner ones do no I/O."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from pathlib import Path

Modules = Mapping[Path, ast.Module]

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
ACTIONS = {"open", "print", "input", "exec", "eval", "__import__"}
MODULES: Modules = {
    path.relative_to(ROOT): ast.parse(path.read_text())
    for folder in MAY_IMPORT
    for path in sorted((ROOT / folder).rglob("*.py"))
}
PURE = {path: tree for path, tree in MODULES.items() if path.parts[0] != "ifd_bridge"}


def imports(path: Path, tree: ast.Module, *, at_import_only: bool = False) -> Iterator[str]:
    """The absolute names of the modules that a file imports."""
    package = path.parts[:-1]
    for node in top_level(tree) if at_import_only else ast.walk(tree):
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


def roots(path: Path, tree: ast.Module) -> set[str]:
    """What a file imports, by first names."""
    return {name.split(".")[0] for name in imports(path, tree)}


def calls(tree: ast.Module) -> set[str]:
    """The plain names that are called anywhere in a file."""
    return {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def clocks(path: Path, tree: ast.Module) -> set[str]:
    """What a file that knows dates asks for the time."""
    if not any("datetime" in name for name in imports(path, tree)):
        return set()
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return used & {"now", "utcnow", "today"}


def found(
    modules: Modules, wrong: Callable[[Path, ast.Module], AbstractSet[str]]
) -> dict[str, AbstractSet[str]]:
    """What is wrong in which modules."""
    return {str(path): names for path, tree in modules.items() if (names := wrong(path, tree))}


def test_a_folder_imports_only_what_stands_below_it() -> None:
    assert (
        found(MODULES, lambda path, tree: roots(path, tree) & OURS - MAY_IMPORT[path.parts[0]])
        == {}
    )


def test_cards_and_readers_do_no_input_or_output() -> None:
    assert found(PURE, lambda path, tree: roots(path, tree) & IMPURE) == {}
    assert found(PURE, lambda _, tree: calls(tree) & ACTIONS) == {}


def test_cards_and_readers_handle_dates_but_ask_no_clock() -> None:
    assert found(PURE, clocks) == {}


def test_only_the_standard_library_is_needed_by_cards_and_readers() -> None:
    allowed = sys.stdlib_module_names | OURS | {"cryptography", "asn1tools"}
    assert found(PURE, lambda path, tree: roots(path, tree) - allowed) == {}


def test_the_searches_find_what_is_wrong() -> None:
    path = Path("vcard/wrong.py")
    tree = ast.parse("import os.path, readers\nfrom datetime import date\nopen(date.today())")
    assert roots(path, tree) == {"os", "readers", "datetime"}
    assert calls(tree) == {"open"}
    assert clocks(path, tree) == {"today"}
    assert found({path: tree}, clocks) == {"vcard/wrong.py": {"today"}}
    assert len(PURE) > 50


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {module_name(path): (path, tree) for path, tree in MODULES.items()}
    graph = {}
    for name, (path, tree) in names.items():
        others = set()
        for imported in imports(path, tree, at_import_only=True):
            target = imported if imported in names else imported.rpartition(".")[0]
            if target in names and target != name and not name.startswith(target + "."):
                others.add(target)
        graph[name] = others
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
