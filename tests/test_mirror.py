"""One test file for each module, same path; and no test sleeps."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_has_its_test_file(path: Path) -> None:
    place = path.relative_to(ROOT)
    test = TESTS / place.with_name(f"test_{place.name}")
    assert test.exists() or without_code(path), f"{test.relative_to(ROOT)} is missing"


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


@pytest.mark.parametrize(
    "path",
    sorted([*TESTS.rglob("*.py"), *(ROOT / "examples").rglob("*.py")]),
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_test_sleeps(path: Path) -> None:
    assert sleeps(path.read_text()) == []
