"""Checks of what vcard needs on this machine, part by part.

Each check reports what it found; a failed one names the command that mends it.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from vcard.compiled import form

from .pcscd import daemon
from .pcscd import installation as ours
from .pcscd.bundle import extension
from .pcscd.daemon import PcscdError
from .pcscd.hotplug import why_not
from .system.optional_packages import pip_install
from .system.sockets import MAX_PATH
from .worlds.endpoint import endpoint


@dataclass(frozen=True, slots=True)
class Finding:
    """One part: whether it is there, what was found, and the command that mends it."""

    name: str
    good: bool
    text: str
    cure: str = ""
    needed: bool = True


Check = Callable[[], Finding]


def examine() -> Iterator[Finding]:
    """Every check in turn; the last one tries the whole."""
    good = True
    for check in CHECKS:
        finding = check()
        good = good and (finding.good or not finding.needed)
        yield finding
    if good:
        yield a_world()


def python() -> Finding:
    """Whether this Python is new enough."""
    good = sys.version_info >= (3, 11)
    return Finding("Python", good, platform.python_version(), "apt install python3 (3.11 or later)")


def the_form() -> Finding:
    """In which form the modules on an APDU's way are."""
    return Finding("vcard", good=True, text=f"{form()}, in {Path(__file__).parents[1]}")


def pcscd() -> Finding:
    """Whether there is a daemon."""
    try:
        path = daemon.find("pcscd")
    except PcscdError as error:
        return Finding("pcscd", good=False, text=str(error), cure="apt install pcscd")
    shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
    version = (shown.stdout or shown.stderr).partition("\n")[0]
    return Finding("pcscd", good=True, text=f"{path}, {version}")


def the_handler() -> Finding:
    """Whether the C handler was built."""
    try:
        return Finding("handler", good=True, text=str(extension("handler")))
    except PcscdError as error:
        cure = "apt install gcc pkg-config libpcsclite-dev python3-dev; pip install ."
        return Finding("handler", good=False, text=str(error), cure=cure)


def launcher() -> Finding:
    """Whether a private pcscd can be started, and in a namespace of its own."""
    try:
        prefix = daemon.namespace()
    except PcscdError as error:
        return Finding("namespace", good=False, text=str(error), cure="see above")
    text = "one for each world" if prefix else "none here; one pcscd beside another"
    return Finding("namespace", good=True, text=text)


def plugs() -> Finding:
    """Whether readers can be plugged and unplugged."""
    try:
        reason = why_not()
    except PcscdError as error:
        reason = str(error)
    text = "readers can come and go" if reason is None else f"readers cannot come and go: {reason}"
    cure = "apt install libccid" if reason and "libccid" in reason else daemon.userns_cure()
    return Finding("plug", reason is None, text, cure, needed=False)


def sockets() -> Finding:
    """Whether sockets in the temporary directory have names that are short enough."""
    place = tempfile.gettempdir()
    room = MAX_PATH - len(os.fsencode(place)) - len("/vcard-12345678/pcscd.comm")
    cure = "export TMPDIR=/tmp"
    good = os.access(place, os.W_OK)
    text = place if room >= 0 else f"{place} is too long a path; /tmp is used instead"
    return Finding("sockets", good, text if good else f"{place} cannot be written to", cure)


def library() -> Finding:
    """Whether clients' library is there."""
    found = find_library("pcsclite")
    return Finding(
        "libpcsclite",
        found is not None,
        found or "clients cannot find it",
        "apt install libpcsclite1",
        needed=False,
    )


def client() -> Finding:
    """Whether pyscard is there, which the pytest fixture `connect` needs."""
    found = find_spec("smartcard") is not None
    return Finding(
        "pyscard",
        found,
        "found" if found else "not there; only the fixture `connect` needs it",
        # It has no wheel for Linux.
        f"apt install gcc swig python3-dev libpcsclite-dev; {pip_install('client')}",
        needed=False,
    )


def environment() -> Finding:
    """Whether the environment points clients at another daemon."""
    named = os.environ.get("PCSCLITE_CSOCK_NAME", "")
    if not named:
        return Finding("environment", good=True, text="clients use the system's pcscd by default")
    if Path(named).exists():
        return Finding("environment", good=True, text=f"clients use {named}")
    text = f"PCSCLITE_CSOCK_NAME names {named}, which is not there"
    return Finding("environment", False, text, "unset PCSCLITE_CSOCK_NAME", needed=False)  # noqa: FBT003 - the finding's verdict


def installation() -> Finding:
    """Check what `vcard install` has given the system's daemon."""
    found = ours.installed()
    text = f"{', '.join(found.models)} at {found.socket}" if found else "nothing (not needed)"
    return Finding("installed", good=True, text=text, needed=False)


def a_world() -> Finding:
    """Whether a private world with one reader comes up."""
    from readers import CcidReader, models

    reader = CcidReader(models.PLAIN)
    try:
        with endpoint(reader):
            return Finding("a world", good=True, text="a private pcscd with a reader works")
    except (PcscdError, OSError) as error:
        cure = "vcard run --verbose -- true shows pcscd's log"
        return Finding("a world", good=False, text=str(error), cure=cure)


CHECKS: tuple[Check, ...] = (
    python,
    the_form,
    pcscd,
    the_handler,
    launcher,
    plugs,
    sockets,
    library,
    client,
    environment,
    installation,
)
