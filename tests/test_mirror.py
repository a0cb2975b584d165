"""One test file for each module, same path; and no test sleeps."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
FOLDERS = ("vcard", "applets", "readers", "ifd_bridge")
MODULES = sorted(
    path
    for folder in FOLDERS
    for path in (ROOT / folder).rglob("*.py")
    if path.name not in ("__init__.py", "__main__.py")
)


def without_code(path: Path) -> bool:
    """A module of docstrings, imports and type declarations has nothing to test."""
    body = ast.parse(path.read_text()).body
    return not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body)


def test_a_module_has_its_test_file() -> None:
    places = [(path, path.relative_to(ROOT)) for path in MODULES]
    missing = [
        str(place)
        for path, place in places
        if not (TESTS / place.with_name(f"test_{place.name}")).exists() and not without_code(path)
    ]
    assert missing == []


def test_a_test_file_has_its_module() -> None:
    for folder in FOLDERS:
        for test in (TESTS / folder).rglob("test_*.py"):
            place = test.relative_to(TESTS)
            name = place.name.removeprefix("test_")
            module = ROOT / place.with_name(name)
            package, in_c = module.with_suffix("") / "__init__.py", module.with_suffix(".c")
            assert module.exists() or package.exists() or in_c.exists(), place


def sleeps(source: str) -> list[int]:
    """The lines that call something named sleep."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and "sleep" in (getattr(node.func, "attr", ""), getattr(node.func, "id", ""))
    ]


def test_the_search_for_sleeping_finds_it() -> None:
    assert sleeps("import time\ntime.sleep(1)\nsleep(2)\nasleep(3)") == [2, 3]


def test_no_test_sleeps() -> None:
    files = [*TESTS.rglob("*.py"), *(ROOT / "examples").rglob("*.py")]
    assert len(files) > 100
    sources = {str(path): path.read_text() for path in files}
    suspects = {path: source for path, source in sources.items() if "sleep" in source}
    assert {path: lines for path, text in suspects.items() if (lines := sleeps(text))} == {}
