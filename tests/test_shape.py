"""Modules and functions stay short, and a silenced linter has a reason beside it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.source import ROOT, Source, sources

MODULES = {str(module.path): module for module in sources()}
LONGEST_MODULE, LONGEST_FUNCTION = 350, 40
LONG_MODULES: dict[str, str] = {}
"""The longer ones, and why; there are none."""
LONG_FUNCTIONS = {
    "vcard/atr/atr.py build": "a parameter for each interface byte",
    "applets/sim/small_usim.py small_subscription": "a parameter for each fact",
    "applets/esim/euicc.py __init__": "a parameter for each fact about a card",
    "ifd_bridge/cli/world_options.py world_options": "one option after the other",
}
MERGE = re.compile(r"^(?:<<<<<<<|=======|>>>>>>>)(?: |$)", re.MULTILINE)
SILENCED = re.compile(r"# (?:noqa: [A-Z0-9, ]+?|type: ignore\[[a-z, -]+\])\s*(?P<why>[-#].*)?$")


def long_functions(module: Source) -> list[str]:
    return [
        node.name
        for node in module.statements
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]


def unexplained(text: str) -> list[int]:
    """The lines that silence a linter without a word."""
    found = ((number, SILENCED.search(line)) for number, line in enumerate(text.splitlines(), 1))
    return [number for number, match in found if match and not match["why"]]


def test_long_modules_have_a_reason() -> None:
    long = {path for path, module in MODULES.items() if module.text.count("\n") > LONGEST_MODULE}
    assert long <= LONG_MODULES.keys()
    assert LONG_MODULES.keys() <= MODULES.keys()


def test_long_functions_have_a_reason() -> None:
    long = {f"{path} {name}" for path, each in MODULES.items() for name in long_functions(each)}
    assert long <= LONG_FUNCTIONS.keys()


def test_what_silences_a_linter_has_a_reason_beside_it() -> None:
    silent = {path: unexplained(module.text) for path, module in MODULES.items()}
    assert {path: lines for path, lines in silent.items() if lines} == {}


def test_no_text_has_the_marks_of_a_merge() -> None:
    pages = [page for place in (ROOT, ROOT / "docs") for page in place.glob("*.md")]
    pages += (ROOT / "docs").glob("*/*.md")
    assert [page.name for page in pages if MERGE.search(page.read_text())] == []


def test_the_searches_find_what_is_wrong() -> None:
    assert long_functions(Source(Path(), "def f():\n" + "    pass\n" * 40)) == ["f"]
    assert long_functions(Source(Path(), "def f():\n" + "    pass\n" * 39)) == []
    silenced = "x  # noqa: E731\ny  # noqa: E731 - why\nz  # type: ignore[misc]\n"
    assert MERGE.search("a\n<<<<<<< HEAD\nb")
    assert not MERGE.search("<<<<<<<<\n==\n")
    assert unexplained(silenced + "u  # type: ignore[misc]  # why") == [1, 3]
