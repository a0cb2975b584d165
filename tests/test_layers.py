"""The folders import downwards only, and the inner ones do no I/O."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

from tests.source import Source, sources

MAY_IMPORT = {
    "vcard": {"vcard"},
    "applets": {"vcard", "applets"},
    "readers": {"vcard", "readers"},
    "ifd_bridge": {"vcard", "applets", "readers", "ifd_bridge"},
}
OURS = set(MAY_IMPORT)
ROOMS_BELOW = {
    "shared": {"shared"},
    "uicc": {"shared", "uicc"},
    "sim": {"shared", "uicc", "sim"},
    "esim": {"shared", "uicc", "sim", "esim"},
    "piv": {"shared", "piv"},
    "yubikey": {"shared", "piv", "globalplatform", "fido2", "yubikey"},
}
"""The rooms of `applets`, and those that each may import: no card imports another's, but for a
token, which is several applications on one card."""
READERS_BELOW = {
    "ccid": {"ccid"},
    "models": {"ccid", "models"},
}
"""Rooms of `readers` that know nothing of the rest: what is on the wire, and which readers there
are."""
BRIDGE_BELOW = {
    "ifdh": {"ifdh", "closing", "sockets"},
    "driver": {"ifdh", "driver"},
    "pcscd": {"pcscd", "ifdh", "closing", "sockets"},
    "cards": {"cards", "closing", "sockets", "spec", "optional_packages"},
    "control": {"control", "trace", "ifdh", "driver", "closing", "sockets"},
}
"""The lower rooms of `ifd_bridge`: the border with pcscd knows no driver, a driver no world."""
IMPURE = {
    "_thread", "asyncio", "concurrent", "fcntl", "io", "mmap", "multiprocessing",
    "os", "pathlib", "queue", "select", "selectors", "shutil", "signal", "socket",
    "socketserver", "sqlite3", "subprocess", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
ACTIONS = {"open", "print", "input", "exec", "eval", "__import__"}
MODULES = sources()
PURE = tuple(module for module in MODULES if module.path.parts[0] != "ifd_bridge")


def imports(module: Source, *, at_import_only: bool = False) -> Iterator[str]:
    """The absolute names of the modules that a file imports."""
    package = module.path.parts[:-1]
    for node in top_level(module.tree) if at_import_only else module.statements:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            name = ".".join(filter(None, (base, node.module)))
            yield from (f"{name}.{alias.name}" for alias in node.names)


def top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    for node in tree.body:
        if isinstance(node, ast.Try | ast.If):
            yield from node.body
        else:
            yield node


def roots(module: Source) -> set[str]:
    """What a file imports, by first names."""
    return {name.split(".")[0] for name in imports(module)}


def calls(module: Source) -> set[str]:
    """The actions that are called anywhere in a file by their plain names."""
    if not any(f"{action}(" in module.text for action in ACTIONS):
        return set()
    return ACTIONS & {
        node.func.id for node in module.nodes(ast.Call) if isinstance(node.func, ast.Name)
    }


def clocks(module: Source) -> set[str]:
    """What a file that knows dates asks for the time."""
    if "datetime" not in module.text or not any("datetime" in name for name in imports(module)):
        return set()
    return {node.attr for node in module.nodes(ast.Attribute)} & {"now", "utcnow", "today"}


def found(
    modules: Iterable[Source], wrong: Callable[[Source], AbstractSet[str]]
) -> dict[str, AbstractSet[str]]:
    """What is wrong in which modules."""
    return {str(module.path): names for module in modules if (names := wrong(module))}


def test_a_folder_imports_only_what_stands_below_it() -> None:
    assert found(MODULES, lambda m: roots(m) & OURS - MAY_IMPORT[m.path.parts[0]]) == {}


def inside(module: Source, house: str) -> set[str]:
    """The rooms of `house` that a file imports."""
    names = (name.split(".") for name in imports(module))
    return {parts[1] for parts in names if parts[0] == house and len(parts) > 1}


def other_rooms(module: Source) -> set[str]:
    """The rooms of its own house that a file imports but may not."""
    house, room = module.path.parts[:2]
    if house == "applets":
        wrong = inside(module, house) & set(ROOMS_BELOW)
        return wrong - ROOMS_BELOW[room] if room in ROOMS_BELOW else set()
    below = {"readers": READERS_BELOW, "ifd_bridge": BRIDGE_BELOW}.get(house, {})
    return inside(module, house) - below[room] if room in below else set()


def test_a_room_imports_only_the_rooms_below_it() -> None:
    assert found(MODULES, other_rooms) == {}


def test_the_search_for_wrong_rooms_finds_them() -> None:
    for path, text, room in (
        ("applets/uicc/wrong.py", "from applets.sim.usim import Aka", "sim"),
        ("readers/ccid/wrong.py", "from ..models.own import PLAIN", "models"),
        ("ifd_bridge/ifdh/wrong.py", "from ..driver.cable import Cable", "driver"),
    ):
        assert other_rooms(Source(Path(path), text)) == {room}


def test_cards_and_readers_do_no_input_or_output() -> None:
    assert found(PURE, lambda module: roots(module) & IMPURE) == {}
    assert found(PURE, calls) == {}


def test_cards_and_readers_handle_dates_but_ask_no_clock() -> None:
    assert found(PURE, clocks) == {}


def test_only_the_standard_library_is_needed_by_cards_and_readers() -> None:
    allowed = sys.stdlib_module_names | OURS | {"cryptography", "asn1crypto", "asn1tools", "cbor2"}
    assert found(PURE, lambda module: roots(module) - allowed) == {}


def test_the_searches_find_what_is_wrong() -> None:
    text = "import os.path, readers\nfrom datetime import date\nopen(date.today())"
    wrong = Source(Path("vcard/wrong.py"), text)
    assert roots(wrong) == {"os", "readers", "datetime"}
    assert calls(wrong) == {"open"}
    assert clocks(wrong) == {"today"}
    assert found([wrong], clocks) == {"vcard/wrong.py": {"today"}}
    assert len(PURE) > 50


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_no_modules_import_each_other_in_a_circle() -> None:
    names = {module_name(module.path): module for module in MODULES}
    graph = {}
    for name, module in names.items():
        others = set()
        for imported in imports(module, at_import_only=True):
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
