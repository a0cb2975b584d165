"""The plan of the house: the allowed imports of each folder, and the folders without I/O.

`HOUSES` are the top folders, `ROOMS` the folders and single modules within each. They are in order:
none imports another that is listed below it. Beside each room are the rooms that it may import; a
room in no table (a future card) may import `DEFAULT`.

Every import counts: in a function, in `if TYPE_CHECKING` and in `try`. The search for circles among
modules is the same, except that it ignores imports within a function, which load a part on demand.
`TYPE_CHECKING` is for optional packages and for a fast start, never for a circle.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path

import pytest

from tests.source import Source, sources

HOUSES = {
    "vcard": set(),  # ISO/IEC 7816: one card
    "applets": {"vcard"},  # application specifications
    "readers": {"vcard"},  # USB CCID
    "ifd_bridge": {"vcard", "applets", "readers"},  # PC/SC, and all I/O
}

VCARD = {
    "atr": {"exclusive_or", "explanation", "sw"},
    "transmission": {"atr", "command", "contact", "crc", "exclusive_or"},
    "doubles": {"atr", "card", "command", "contact", "hid", "memory", "secret", "sw"},
}
"""The rooms beside the modules of ISO/IEC 7816-4, which may import each other without a circle."""

APPLETS = {
    "shared": set(),  # parts of several cards
    "catalogue": {"shared"},  # every card by name, imported on demand
    "globalplatform": {"shared", "catalogue"},  # loads applets of the catalogue by their names
    "uicc": {"shared"},  # ETSI TS 102 221
    "sim": {"shared", "uicc", "globalplatform"},  # 3GPP: USIM, ISIM, 2G, on a managed card
    "esim": {"shared", "uicc", "sim", "globalplatform"},  # GSMA SGP.22
    "piv": {"shared"},
    "fido2": {"shared"},
    "openpgp": {"shared"},
    # a token: several applications on one card, which share its settings and secure channel
    "yubikey": {"shared", "openpgp", "piv", "globalplatform", "fido2"},
}

READERS = {
    "ccid": set(),  # the wire format, without any reader
    "models": {"ccid"},  # which readers there are
    "events": set(),
    "context": {"models", "events"},  # the reader's interface for its parts
    "pinpad": {"ccid", "events", "context"},
    "acr122u": set(),  # one maker's own commands
    "watched_contact": {"context", "events"},
    "slot": {"ccid", "models", "pinpad", "context", "watched_contact", "acr122u"},
    "exchange": {"ccid", "models", "slot"},  # APDU, TPDU, character
    # by family
    "commands": {"acr122u", "ccid", "models", "events", "pinpad", "slot"},
    "reader": {
        "acr122u", "ccid", "models", "events", "context", "pinpad", "slot", "watched_contact",
        "exchange", "commands",
    },
    "faults": {"ccid", "commands", "reader"},  # readers that fail on purpose
    "fault_text": {"ccid", "faults"},
    "usb": {"ccid", "models", "events", "reader"},  # the device as its bus sees it
    "description": {"ccid", "models", "usb"},  # models from public descriptors
}  # fmt: skip

BRIDGE = {
    "system": set(),  # files, sockets, threads, packages, for every room
    "spec": set(),
    # the borders with pcscd and with the reader
    "ifdh": {"system"},
    "driver": {"system", "ifdh"},
    "pcscd": {"system"},
    "faces": {"system", "spec"},
    "doors": {"spec", "ifdh", "driver", "pcscd", "faces"},
    # sources of cards, the trace, control
    "logs": set(),  # other programs' logs of APDUs
    "cards": {"system", "logs", "spec"},
    "explain": {"system", "driver", "logs"},  # the treatment of a reader by a driver
    "trace": {"system", "ifdh", "explain"},
    "control": {"system", "trace"},
    # the parts that combine all of these, and their users
    "worlds": {
        "system", "spec", "ifdh", "driver", "pcscd", "faces", "doors", "cards", "trace", "control",
    },
    "panel": {"system", "explain", "trace"},
    "doctor": {"system", "pcscd", "worlds"},
    "testing": {"system", "ifdh", "pcscd", "cards", "worlds"},
    "cli": {
        "system", "spec", "driver", "pcscd", "faces", "logs", "cards", "explain", "trace",
        "control", "worlds", "panel", "doctor",
    },
}  # fmt: skip

ROOMS: dict[str, dict[str, set[str]]] = {
    "vcard": VCARD,
    "applets": APPLETS,
    "readers": READERS,
    "ifd_bridge": BRIDGE,
}
DEFAULT = {"applets": {"shared"}}
"""The allowed imports of a room in no table; other houses have no such rooms."""
FREE = {"vcard"}
"""Houses whose single modules may import any of its modules and rooms, as long as no circle comes
of it."""

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
    for node in top_level(module.tree.body) if at_import_only else module.statements:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package[: len(package) + 1 - node.level]) if node.level else ""
            name = ".".join(filter(None, (base, node.module)))
            yield from (f"{name}.{alias.name}" for alias in node.names)


def top_level(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that importing the module runs, or that a type checker reads."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        yield node
        for field in ("body", "orelse", "handlers", "finalbody"):
            yield from top_level(getattr(node, field, ()))


def roots(module: Source) -> set[str]:
    """Return the top-level packages that a file imports."""
    return {name.split(".")[0] for name in imports(module)}


def calls(module: Source) -> set[str]:
    """The actions that are called anywhere in a file by their plain names."""
    if not any(f"{action}(" in module.text for action in ACTIONS):
        return set()
    return ACTIONS & {
        node.func.id for node in module.nodes(ast.Call) if isinstance(node.func, ast.Name)
    }


def clocks(module: Source) -> set[str]:
    """Return a file's calls that read the clock, if it imports dates."""
    if "datetime" not in module.text or not any("datetime" in name for name in imports(module)):
        return set()
    return {node.attr for node in module.nodes(ast.Attribute)} & {"now", "utcnow", "today"}


def found(
    modules: Iterable[Source], wrong: Callable[[Source], AbstractSet[str]]
) -> dict[str, AbstractSet[str]]:
    """Return the violations by module."""
    return {str(module.path): names for module in modules if (names := wrong(module))}


def test_a_folder_imports_only_what_stands_below_it() -> None:
    assert found(MODULES, wrong_houses) == {}


def wrong_houses(module: Source) -> set[str]:
    """The top folders that a file imports but may not."""
    house = module.path.parts[0]
    return roots(module) & HOUSES.keys() - HOUSES[house] - {house}


def first_room(path: Path) -> str:
    """The folder or the single module of its house that a file belongs to."""
    return path.parts[1].removesuffix(".py")


def wrong_rooms(module: Source) -> set[str]:
    """The rooms of its own house that a file imports but may not."""
    house, room = module.path.parts[0], first_room(module.path)
    if room == "__init__" or (house in FREE and len(module.path.parts) == 2):
        return set()  # a house's front door shows all of it
    parts = (name.split(".") for name in imports(module))
    inside = {each[1] for each in parts if each[0] == house and len(each) > 1}
    return inside - ROOMS[house].get(room, DEFAULT.get(house, set())) - {room}


def test_a_room_imports_only_the_rooms_that_the_plan_names() -> None:
    assert found(MODULES, wrong_rooms) == {}


def test_the_plan_has_no_way_upwards() -> None:
    for house, rooms in {"": HOUSES, **ROOMS}.items():
        above: set[str] = {first_room(m.path) for m in MODULES if m.path.parts[0] in FREE & {house}}
        for room, below in rooms.items():
            assert below <= above, f"{house}.{room} imports what stands after it"
            above.add(room)


def test_the_plan_names_rooms_that_are_there() -> None:
    there = {(module.path.parts[0], first_room(module.path)) for module in MODULES}
    planned = {(house, room) for house, rooms in ROOMS.items() for room in rooms}
    assert planned - there == set()


@pytest.mark.parametrize(
    ("path", "text", "rooms"),
    [
        ("vcard/atr/wrong.py", "from ..card import Card", {"card"}),
        ("applets/uicc/wrong.py", "from applets.sim.usim import Aka", {"sim"}),
        ("applets/piv/wrong.py", "from applets.esim import Euicc", {"esim"}),
        ("applets/to_come/wrong.py", "from applets.piv import Piv", {"piv"}),
        ("applets/to_come.py", "from .hello import Hello", {"hello"}),
        ("readers/ccid/wrong.py", "from ..models.own import PLAIN", {"models"}),
        ("readers/slot.py", "from .reader import CcidReader", {"reader"}),
        ("ifd_bridge/ifdh/wrong.py", "from ..driver.cable import Cable", {"driver"}),
        ("ifd_bridge/driver/wrong.py", "def f():\n from ..doors import door", {"doors"}),
        (
            "ifd_bridge/cards/wrong.py",
            "if TYPE_CHECKING:\n from ifd_bridge.worlds.world import World",
            {"worlds"},
        ),
    ],
)
def test_the_search_for_wrong_rooms_finds_them(path: str, text: str, rooms: set[str]) -> None:
    assert wrong_rooms(Source(Path(path), text)) == rooms


def test_the_search_for_wrong_houses_finds_them() -> None:
    wrong = Source(Path("vcard/wrong.py"), "try:\n import readers\nexcept A:\n import vcard")
    assert wrong_houses(wrong) == {"readers"}


def test_cards_and_readers_do_no_input_or_output() -> None:
    assert found(PURE, lambda module: roots(module) & IMPURE) == {}
    assert found(PURE, calls) == {}


def test_cards_and_readers_handle_dates_but_ask_no_clock() -> None:
    assert found(PURE, clocks) == {}


def test_only_the_standard_library_is_needed_by_cards_and_readers() -> None:
    packages = {"cryptography", "asn1crypto", "cbor2"}
    packages |= {"mypy_extensions"}  # hints for the compiler, never imported
    allowed = sys.stdlib_module_names | HOUSES.keys() | packages
    assert found(PURE, lambda module: roots(module) - allowed) == {}


def test_the_searches_find_what_is_wrong() -> None:
    text = "import os.path, readers\nfrom datetime import date\nopen(date.today())"
    wrong = Source(Path("vcard/wrong.py"), text)
    assert roots(wrong) == {"os", "readers", "datetime"}
    assert calls(wrong) == {"open"}
    assert clocks(wrong) == {"today"}
    assert found([wrong], clocks) == {"vcard/wrong.py": {"today"}}
    assert len(PURE) > 50


CARDS_BY_NAME = {
    "cli/esim.py": {"esim"},  # a command of its own: test certificates for eSIM cards
    "cli/packages.py": {"esim"},  # its profile packages
    "cli/sim.py": {"uicc"},  # a command of its own: packets, proactive commands
    "explain/toolkit_text.py": {"uicc"},  # the meaning of such commands
    "explain/ctaphid_text.py": {"fido2"},  # the meaning of security keys' reports
    "trace/mask_reports.py": {"fido2"},  # the secrets in them
    "testing/piv_fixture.py": {"piv"},  # fixtures for tests of programs that need such a card
    "testing/fido2_fixture.py": {"fido2"},
    "testing/yubikey_fixture.py": {"yubikey", "piv", "openpgp"},
    "testing/openpgp_fixture.py": {"openpgp"},
}
"""The bridge's files that import a card by name; all others use the catalogue."""


def cards_named(module: Source) -> set[str]:
    """The rooms of cards that a file imports."""
    parts = [name.split(".") for name in imports(module)]
    rooms = {each[1] for each in parts if each[0] == "applets" and len(each) > 1}
    return rooms - {"shared", "catalogue"}


def test_the_bridge_knows_no_card_by_name() -> None:
    bridge = [module for module in MODULES if module.path.parts[0] == "ifd_bridge"]
    named = found(bridge, cards_named)
    assert named == {f"ifd_bridge/{path}": cards for path, cards in CARDS_BY_NAME.items()}


def module_name(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def graph(modules: Iterable[Source]) -> dict[str, set[str]]:
    """Map each module to those that it imports at import time, types included."""
    names = {module_name(module.path): module for module in modules}
    found: dict[str, set[str]] = {}
    for name, module in names.items():
        others = found[name] = set()
        for imported in imports(module, at_import_only=True):
            target = imported if imported in names else imported.rpartition(".")[0]
            if target in names and target != name and not name.startswith(target + "."):
                others.add(target)
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    assert circle(graph(MODULES)) == []


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


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("vcard/channel.py", "if TYPE_CHECKING:\n from .applet import Applet"),
        ("readers/slot.py", "if TYPE_CHECKING:\n from .reader import CcidReader"),
        ("readers/pinpad/pinpad.py", "try:\n from ..slot import Job\nexcept A:\n pass"),
        ("applets/esim/es10c.py", "if A:\n pass\nelse:\n from .euicc import Euicc"),
        ("applets/esim/switching.py", "class A:\n from applets.esim.euicc import Euicc"),
    ],
)
def test_an_import_that_closes_a_circle_is_found(path: str, text: str) -> None:
    """Each of them closed a circle once."""
    place = Path(path)
    before = next(module.text for module in MODULES if module.path == place)
    others = [module for module in MODULES if module.path != place]
    assert module_name(place) in circle(graph([*others, Source(place, f"{before}\n{text}")]))
