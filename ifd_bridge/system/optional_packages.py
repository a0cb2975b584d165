"""Optional packages: the command that installs them, wherever vcard itself came from."""

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
    """The command that installs the packages of an extra (`crypto`, `esim`, `panel`, `client`).

    Spec: PEP 610 (direct_url.json: a distribution that was installed from a folder).
    """
    return f"{pip()} install {_source(extra)}"


def pip() -> str:
    """The command that starts the pip of this Python: `pip`, if that is it."""
    ours = Path(sys.executable).parent / "pip"
    found = shutil.which("pip")
    return "pip" if found and Path(found) == ours else f"{sys.executable} -m pip"


def _source(extra: str, root: Path = Path(__file__).parents[2]) -> str:
    if (root / "pyproject.toml").exists():  # a checkout, or installed from one to be edited
        return f"-e {shlex.quote(f'{root}[{extra}]')}"
    try:
        text = metadata.distribution(DISTRIBUTION).read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        text = None
    url = urlsplit(json.loads(text or "{}").get("url", ""))
    came = unquote(url.path) if url.scheme == "file" else DISTRIBUTION
    return shlex.quote(f"{came}[{extra}]")
