"""Names of a package that are imported from their modules when they are first asked for.

A package does this for a fast start, and where what it needs is optional:

    if TYPE_CHECKING:
        from .issuing import Issuer
    else:
        __getattr__, __dir__ = on_demand(__name__, issuing="Issuer")

So mypy and editors read imports, and refuse a name that is not there. Spec: PEP 562.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module


def on_demand(
    package: str, /, **names: str
) -> tuple[Callable[[str], object], Callable[[], list[str]]]:
    """Make `__getattr__` and `__dir__` of a package.

    Each keyword is a module below it, with `__` for a dot, and its names, separated by spaces. A
    name that is in none raises AttributeError, as in any module.
    """
    homes = {name: module for module, text in names.items() for name in text.split()}

    def imported(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module = import_module(f".{homes[name].replace('__', '.')}", package)
        found = vars(sys.modules[package])[name] = getattr(module, name)
        return found

    def listed() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes})

    return imported, listed
