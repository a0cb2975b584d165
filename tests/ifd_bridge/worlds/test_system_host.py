from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.worlds import system_host
from tests.source import ROOT

CONF = Path("etc/reader.conf.d/vcard")
LIBRARY = Path("usr/local/lib/vcard-emulator/handler.so")


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = tmp_path / "handler.so"
    built.write_bytes(b"ELF")
    monkeypatch.setattr(system_host, "extension", lambda _: built)


def test_what_was_installed_is_taken_away_again(tmp_path: Path) -> None:
    root = tmp_path / "root"
    system_host.install(["pinpad", "plain?name=Mine"], root=root)
    assert files(root) == {str(CONF), str(LIBRARY)}
    assert system_host.uninstall(root) == [root / CONF, root / LIBRARY]
    assert files(root) == set()
    assert not (root / LIBRARY).parent.exists()
    assert system_host.uninstall(root) == []


def test_the_entry_names_reader_socket_and_handler(tmp_path: Path) -> None:
    system_host.install(["plain?name=Mine"], Path("/run/x/ifd.sock"), tmp_path)
    text = (tmp_path / CONF).read_text()
    assert 'FRIENDLYNAME "Mine"' in text
    assert "DEVICENAME vcard:/run/x/ifd.sock:0" in text
    assert f"LIBPATH /{LIBRARY}" in text


def test_what_is_installed_can_be_read_back(tmp_path: Path) -> None:
    assert system_host.installed(tmp_path) is None
    system_host.install(["pinpad", "plain?name=Mine"], Path("/run/x/ifd.sock"), tmp_path)
    found = system_host.installed(tmp_path)
    assert found == system_host.Installed(Path("/run/x/ifd.sock"), ("pinpad", "plain?name=Mine"))


def test_installing_twice_is_refused(tmp_path: Path) -> None:
    system_host.install(["plain"], root=tmp_path)
    with pytest.raises(FileExistsError, match="vcard uninstall"):
        system_host.install(["plain"], root=tmp_path)


@pytest.mark.parametrize("socket", ["/run/a b", "/run/a,b"])
def test_a_path_that_pcscd_would_die_of_is_refused_before_anything_is_written(
    tmp_path: Path, socket: str
) -> None:
    with pytest.raises(ValueError, match="pcscd takes only"):
        system_host.install(["plain"], Path(socket), tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_an_installation_that_fails_leaves_nothing(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/reader.conf.d").write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        system_host.install(["plain"], root=root)
    assert files(root) == {"etc/reader.conf.d"}


def test_readers_are_served_at_the_socket(tmp_path: Path) -> None:
    directory = tmp_path / "run"
    with system_host.SystemHost(directory / "ifd.sock", []) as host:
        assert host.environ == {}
        assert host.directory == directory
        assert (directory / "ifd.sock").exists()
        with pytest.raises(RuntimeError, match="cannot be plugged"):
            host.unplug(0)
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
