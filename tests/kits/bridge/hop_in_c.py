"""The hop in C, built for the Python that runs the tests: a checkout has none of its own."""

import importlib.util
import subprocess
import sysconfig
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[3] / "ifd_bridge" / "ifdh" / "hop.c"


def built(place, *flags):
    """A shared library of the source; the test is skipped where Python has no headers."""
    include = sysconfig.get_path("include")
    if not Path(include, "Python.h").exists():
        pytest.skip("no headers of Python")
    library = place / "hop.so"
    command = ["cc", "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror", *flags]
    subprocess.run([*command, f"-I{include}", SOURCE, "-o", library], check=True)
    return library


def loaded(library):
    """The function of such a library."""
    spec = importlib.util.spec_from_file_location("hop", library)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.hop
