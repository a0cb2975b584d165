"""Builds the IFD handler beside the Python modules; everything else is in pyproject.toml."""

import shlex
import subprocess

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

WARNINGS = (
    "-std=gnu11 -O2 -Wall -Wextra -Werror -Wshadow -Wconversion -Wstrict-prototypes -Wvla"
    " -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wpointer-arith -Wundef -fvisibility=default"
)


def pcsc_flags() -> list[str]:
    """Where pcsc-lite's headers are; `pkg-config` and libpcsclite-dev must be installed."""
    command = ["pkg-config", "--cflags", "libpcsclite"]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(
            "pcsc-lite's headers are missing: apt install libpcsclite-dev pkg-config"
        ) from error
    return shlex.split(found.stdout)


class BuildHandler(build_ext):
    """Looks for the headers only when something is compiled."""

    def build_extension(self, ext: Extension) -> None:
        """Add pcsc-lite's flags, then compile as usual."""
        ext.extra_compile_args = [*shlex.split(WARNINGS), *pcsc_flags()]
        super().build_extension(ext)


setup(
    ext_modules=[Extension("ifd_bridge.handler", ["ifd_bridge/handler.c"])],
    cmdclass={"build_ext": BuildHandler},
)
