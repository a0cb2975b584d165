from __future__ import annotations

import ast
import importlib
import subprocess
import sys

import pytest

from tests.source import Source, sources
from vcard.on_demand import on_demand

PACKAGES = [
    module
    for module in sources()
    if module.path.name == "__init__.py" and "on_demand(" in module.text
]
"""Those that import names on demand, as source."""


@pytest.mark.slow  # a process
def test_a_name_is_imported_from_its_module_when_it_is_asked_for() -> None:
    code = (
        "import sys, vcard; assert 'vcard.pin' not in sys.modules;"
        "assert vcard.Pin is sys.modules['vcard.pin'].Pin; assert 'Pin' in vars(vcard)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_module_may_stand_deeper() -> None:
    get, listed = on_demand("vcard", atr__text="explain")
    assert callable(get("explain"))
    assert "explain" in listed()


def test_a_name_that_is_in_no_module_is_refused_as_by_any_module() -> None:
    for module in PACKAGES:
        package = importlib.import_module(name(module))
        with pytest.raises(AttributeError, match=f"module '{name(module)}' has no attribute 'no'"):
            package.no  # noqa: B018 - it is asked for
        assert set(package.__all__) <= set(dir(package))


def name(module: Source) -> str:
    return ".".join(module.path.parts[:-1])


@pytest.mark.parametrize("module", PACKAGES, ids=name)
def test_what_a_type_checker_reads_is_what_is_imported(module: Source) -> None:
    [branch] = [each for each in module.nodes(ast.If) if "TYPE_CHECKING" in ast.unparse(each.test)]
    read = {
        alias.name: f".{each.module}"
        for each in branch.body
        if isinstance(each, ast.ImportFrom)
        for alias in each.names
    }
    calls = [each for each in ast.walk(branch) if isinstance(each, ast.Call)]
    [call] = [each for each in calls if ast.unparse(each.func) == "on_demand"]
    made = {
        one: f".{keyword.arg.replace('__', '.')}"
        for keyword in call.keywords
        for one in ast.literal_eval(keyword.value).split()
    }
    assert made == read
    public = importlib.import_module(name(module))
    assert all(hasattr(public, one) for one in read)
    assert set(read) <= set(public.__all__)


def test_many_packages_do_so() -> None:
    assert len(PACKAGES) >= 9  # else the two tests above look at nothing
