"""Builds the parts in C beside the Python modules; everything else is in pyproject.toml.

With VCARD_COMPILE=1 a wheel has the modules of `[tool.vcard.compiled]` compiled as well, for the
Python that builds it.
"""

import gzip
import os
import shlex
import subprocess
import sys
import tarfile
import time
import tomllib
from pathlib import Path

from setuptools import Extension, setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist
from setuptools.errors import CompileError

WARNINGS = (
    "-std=gnu11 -O2 -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wvla"
    " -Wmissing-prototypes -Wcast-qual -Wwrite-strings -Wpointer-arith -Wundef -fvisibility=default"
)
WARNINGS += f" -g0 -ffile-prefix-map={Path.cwd()}=."  # the same bytes wherever it is built
if os.environ.get("VCARD_WERROR"):  # in our own builds: a user's newer compiler may warn of more
    WARNINGS += " -Werror"

COMPILE = bool(os.environ.get("VCARD_COMPILE")) and not {"egg_info", "dist_info"} & set(sys.argv)
"""Whether modules are compiled; to say what is in a distribution, nothing needs to be."""
if COMPILE and {"--inplace", "-i", "develop", "editable_wheel"} & set(sys.argv):
    # Beside their sources, compiled modules would hide every edit.
    sys.exit("VCARD_COMPILE is for wheels: a checkout stays pure (make wheel)")
COMPILER = "mypy[mypyc]>=1.18,<3"

PACKAGES = {"libpcsclite": "libpcsclite-dev", "libusb-1.0": "libusb-1.0-0-dev"}
"""What `pkg-config` knows, and the Debian package that has it."""


def flags(library: str) -> list[str]:
    """Where a library's headers are; they and `pkg-config` must be installed."""
    command = ["pkg-config", "--cflags", library]
    try:
        found = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        package = PACKAGES[library]
        raise CompileError(
            f"{library}'s headers are missing: apt install {package} pkg-config"
        ) from error
    return shlex.split(found.stdout)


def _found(pattern: str) -> list[str]:
    return sorted(str(path) for path in Path().glob(pattern))


class Part(Extension):
    """A shared library in C; `needs` names the library whose headers it wants."""

    def __init__(
        self, name: str, sources: str, needs: str | None = None, *, optional: bool = False
    ) -> None:
        super().__init__(
            name, _found(sources), depends=_found(sources[:-1] + "h"), optional=optional
        )
        self.needs = needs


class BuildParts(build_ext):
    """Looks for headers only when something is compiled; the parts need no Python, nor its tag."""

    def get_ext_filename(self, fullname: str) -> str:
        """A plain shared object, `handler.so`, for every Python; a module has its tag."""
        *_, name = fullname.split(".")  # asked for with its package, and without
        if name not in {part.name.rpartition(".")[2] for part in PARTS}:
            return super().get_ext_filename(fullname)
        return str(Path(*fullname.split(".")).with_suffix(".so"))

    def build_extension(self, ext: Extension) -> None:
        """Add the flags, then compile as usual."""
        if isinstance(ext, Part):
            found = flags(ext.needs) if ext.needs else []
            ext.extra_compile_args = [*shlex.split(WARNINGS), *found]
        super().build_extension(ext)


def compiled_modules() -> list[Extension]:
    """The modules on an APDU's way, by mypyc, and the hop in C; the same bytes everywhere."""
    from mypyc.build import mypycify  # only a build that compiles has it

    with Path("pyproject.toml").open("rb") as file:
        modules = tomllib.load(file)["tool"]["vcard"]["compiled"]["modules"]
    hop = Extension("ifd_bridge.ifdh.hop", ["ifd_bridge/ifdh/hop.c"])
    hop.extra_compile_args = shlex.split(WARNINGS)
    return [
        *mypycify(modules, opt_level="3", debug_level="0", target_dir=f"{BASE}/mypyc"),
        hop,
    ]


class Wheel(bdist_wheel):
    """One wheel for every Python 3 of a platform; with compiled modules, for one Python."""

    def get_tag(self) -> tuple[str, str, str]:
        """The tag of the platform alone, if nothing in the wheel is for one Python."""
        tag: tuple[str, str, str] = super().get_tag()
        return tag if COMPILE else ("py3", "none", tag[2])


class Source(sdist):
    """The source, with the same bytes each time: in order, of one date, owned by nobody."""

    def make_archive(self, base_name: str, *_: object, **how: str) -> str:
        """Write the folder `base_dir` as a tar file, compressed."""
        date = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))

        def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
            member.mtime, member.uid, member.gid, member.uname, member.gname = date, 0, 0, "", ""
            member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
            return member

        made = f"{base_name}.tar.gz"
        Path(made).parent.mkdir(parents=True, exist_ok=True)
        with (
            Path(made).open("wb") as file,
            gzip.GzipFile("", "wb", mtime=date, fileobj=file) as packed,
            tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
        ):
            archive.add(how["base_dir"], filter=plain)  # it goes through folders in order
        return made


PARTS = [
    Part("ifd_bridge.ifdh.handler", "ifd_bridge/ifdh/native/*.c", "libpcsclite"),
    Part("ifd_bridge.pcscd.fake_libudev", "ifd_bridge/pcscd/fake_libudev.c"),
    # Only for driving readers with the genuine libccid.
    Part(
        "ifd_bridge.faces.fake_libusb",
        "ifd_bridge/faces/fake_libusb.c",
        "libusb-1.0",
        optional=True,
    ),
]
BASE = "build/compiled/base" if COMPILE else "build"
"""Where each form is built: what one leaves there must not get into the other's wheel."""

setup(
    ext_modules=PARTS + (compiled_modules() if COMPILE else []),
    setup_requires=[COMPILER] if os.environ.get("VCARD_COMPILE") else [],
    options={"build": {"build_base": BASE}},
    cmdclass={"build_ext": BuildParts, "bdist_wheel": Wheel, "sdist": Source},
)
