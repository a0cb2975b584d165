"""An environment with this tree's `vcard` and `python3`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tests.source import ROOT


def own_commands(place: Path) -> dict[str, str]:
    """Put both commands below `place`, which also has the runtime directory; no world is known."""
    commands = place / "bin"
    commands.mkdir()
    for name, command in (("vcard", "-m ifd_bridge.cli "), ("python3", "")):
        script = commands / name
        script.write_text(f'#!/bin/sh\nexec {sys.executable} {command}"$@"\n')
        script.chmod(0o755)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("VCARD_")}
    return kept | {
        "XDG_RUNTIME_DIR": str(place),
        "PYTHONPATH": str(ROOT),
        "PATH": f"{commands}:{os.environ['PATH']}",
    }
