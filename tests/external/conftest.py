"""Benches that several programs share."""

import subprocess
from pathlib import Path

import pytest

from applets.catalogue import CARDS
from readers.models import PLAIN
from tests.external.bench import END, PROGRAMS, Bench, need
from tests.kits.pcsc.desk import desk

FLAGS = ("-Wall", "-Wextra", "-Werror", "-I/usr/include/PCSC")


@pytest.fixture(scope="module")
def hello():
    """A bench with the hello card on the plain reader."""
    with desk(PLAIN, CARDS["hello"](None, {"with": "pin-dump"})) as place:
        yield Bench(place)


@pytest.fixture(scope="session")
def compiled(tmp_path_factory):
    """Compiles a C program and returns its path."""
    gcc = need("gcc", "gcc")
    if not Path("/usr/include/PCSC/winscard.h").exists():
        pytest.skip("winscard.h is missing: apt install libpcsclite-dev")
    place = tmp_path_factory.mktemp("programs")

    def compile_program(name):
        program = place / name
        subprocess.run(
            [gcc, *FLAGS, "-o", program, PROGRAMS / f"{name}.c", "-lpcsclite"],
            check=True,
            timeout=END,
        )
        return program

    return compile_program
