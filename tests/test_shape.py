"""Modules and functions stay short, and whoever silences a linter says why."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
MODULES = {
    str(path.relative_to(ROOT)): path.read_text()
    for folder in ("vcard", "applets", "readers", "ifd_bridge")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
LONGEST_MODULE, LONGEST_FUNCTION = 350, 40
LONG_MODULES = {
    "vcard/t1_card.py": "one state machine, read beside its table",
    "vcard/t1_host.py": "one state machine, read beside its table",
    "readers/message.py": "one dataclass for each message of the standard",
    "ifd_bridge/world.py": "one class: whatever can be done to a world",
}
LONG_FUNCTIONS = {
    "vcard/atr.py build": "a parameter for each interface byte",
    "applets/esim/euicc.py __init__": "a parameter for each fact about a card",
    "applets/esim/simple.py profile": "a parameter for each fact about a profile",
    "ifd_bridge/cli/run.py world_options": "one option of the command line after the other",
}
SILENCED = re.compile(r"# (?:noqa: [A-Z0-9, ]+?|type: ignore\[[a-z, -]+\])\s*(?P<why>[-#].*)?$")


def long_functions(source: str) -> list[str]:
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]


def unexplained(source: str) -> list[int]:
    """The lines that silence a linter without a word."""
    found = ((number, SILENCED.search(line)) for number, line in enumerate(source.splitlines(), 1))
    return [number for number, match in found if match and not match["why"]]


def test_long_modules_have_a_reason() -> None:
    long = {path for path, text in MODULES.items() if text.count("\n") > LONGEST_MODULE}
    assert long <= LONG_MODULES.keys()
    assert LONG_MODULES.keys() <= MODULES.keys()


def test_long_functions_have_a_reason() -> None:
    long = {f"{path} {name}" for path, text in MODULES.items() for name in long_functions(text)}
    assert long <= LONG_FUNCTIONS.keys()


def test_what_silences_a_linter_has_a_reason_beside_it() -> None:
    assert {path: lines for path, text in MODULES.items() if (lines := unexplained(text))} == {}


def test_the_searches_find_what_is_wrong() -> None:
    assert long_functions("def f():\n" + "    pass\n" * 40) == ["f"]
    assert long_functions("def f():\n" + "    pass\n" * 39) == []
    silenced = "x  # noqa: E731\ny  # noqa: E731 - why\nz  # type: ignore[misc]\n"
    assert unexplained(silenced + "u  # type: ignore[misc]  # why") == [1, 3]
