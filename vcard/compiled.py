"""The compiled form of the modules on an APDU's way, and what their classes tell its compiler.

A wheel for one Python version has these modules as shared libraries, made by mypyc from the same
source (setup.py); everywhere else they are plain Python. Both do the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # a hint for the compiler, which brings the package
    from mypy_extensions import mypyc_attr as mypyc_attr  # noqa: PLC0414 - others have it from here
else:

    def mypyc_attr(**_hints):
        """Return a decorator that leaves the class alone."""
        return lambda cls: cls


def form() -> str:
    """`compiled` or `pure`: how this installation has the modules on an APDU's way."""
    from . import command

    return "pure" if command.__file__.endswith(".py") else "compiled"
