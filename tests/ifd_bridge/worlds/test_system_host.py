from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.trace import Stream
from ifd_bridge.worlds import system_host
from ifd_bridge.worlds.place import Place
from readers import models
from tests.source import ROOT


def test_readers_are_served_at_the_socket(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    with system_host.SystemHost([], directory / "ifd.sock") as host:
        assert host.environ == {}
        assert host.directory == directory
        assert (directory / "ifd.sock").exists()
        with pytest.raises(RuntimeError, match="cannot be plugged"):
            host.unplug(0)
        with pytest.raises(RuntimeError, match="cannot be added: the pcscd of this world is else"):
            host.add([Place(0, models.PLAIN, Stream())])
    assert not (directory / "ifd.sock").exists()


@pytest.mark.pcsc
@pytest.mark.slow
def test_a_system_has_the_readers_until_they_are_uninstalled() -> None:
    user = "-m" if os.geteuid() == 0 else "-rm"
    if subprocess.run(["unshare", user, "true"], capture_output=True, check=False).returncode:
        pytest.skip("no mount namespace can be made here")
    script = ROOT / "tests/kits/bridge/throw_away_root.py"
    done = subprocess.run(
        ["unshare", user, sys.executable, str(script)],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "['Virtual PIN Pad 00 00', 'Mine 01 00']" in done.stdout
    assert "b'Hello world!\\x90\\x00'" in done.stdout
    assert done.stdout.endswith("left: []\n")
