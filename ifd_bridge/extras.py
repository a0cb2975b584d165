"""Optional packages: which command brings them, from wherever vcard itself came."""

from __future__ import annotations

import json
import shlex
import shutil
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlsplit

DISTRIBUTION = "vcard-emulator"


def pip_install(extra: str) -> str:
    """The command that installs the packages of an extra (`piv`, `esim`, `panel`, `client`).

    Spec: PEP 610 (direct_url.json: a distribution that was installed from a folder).
    """
    return f"{_pip()} install {_source(extra)}"


def _pip() -> str:
    """`pip`, if that is the one of this Python."""
    ours = Path(sys.executable).parent / "pip"
    found = shutil.which("pip")
    return "pip" if found and Path(found) == ours else f"{sys.executable} -m pip"


def _source(extra: str) -> str:
    try:
        text = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return f"-e {shlex.quote(f'{Path(__file__).parents[1]}[{extra}]')}"
    came = json.loads(text or "{}")
    url = urlsplit(came.get("url", ""))
    if url.scheme != "file":
        return f"'{DISTRIBUTION}[{extra}]'"
    editable = "-e " if came.get("dir_info", {}).get("editable") else ""
    return editable + shlex.quote(f"{unquote(url.path)}[{extra}]")
