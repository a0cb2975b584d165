"""One test file for each module, same path; and no test sleeps."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.source import FOLDERS, ROOT, Source, sources

TESTS = ROOT / "tests"
MODULES = [each for each in sources() if each.path.name not in ("__init__.py", "__main__.py")]


def without_code(module: Source) -> bool:
    """A module of docstrings, imports and type declarations has nothing to test."""
    body = module.tree.body
    return not any(isinstance(node, ast.FunctionDef | ast.ClassDef) for node in body)


def test_a_module_has_its_test_file() -> None:
    missing = [
        str(module.path)
        for module in MODULES
        if not (TESTS / module.path.with_name(f"test_{module.path.name}")).exists()
        and not without_code(module)
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


def sleeps(text: str) -> list[int]:
    """The lines that call something named sleep."""
    return [
        node.lineno
        for node in Source(Path(), text).nodes(ast.Call)
        if "sleep" in (getattr(node.func, "attr", ""), getattr(node.func, "id", ""))
    ]


def test_the_search_for_sleeping_finds_it() -> None:
    assert sleeps("import time\ntime.sleep(1)\nsleep(2)\nasleep(3)") == [2, 3]


def test_no_test_sleeps() -> None:
    files = [*TESTS.rglob("*.py"), *(ROOT / "examples").rglob("*.py")]
    assert len(files) > 100
    texts = {str(path): path.read_text() for path in files}
    suspects = {path: text for path, text in texts.items() if "sleep" in text}
    assert {path: lines for path, text in suspects.items() if (lines := sleeps(text))} == {}
