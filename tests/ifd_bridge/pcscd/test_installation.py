from __future__ import annotations

import os
from pathlib import Path

import pytest

from ifd_bridge.pcscd import installation

CONF = Path("etc/reader.conf.d/vcard")
READERS = [("pinpad", "vcard Pinpad"), ("plain?name=Mine", "Mine")]
PLAIN = [("plain", "vcard")]
LIBRARY = Path("usr/local/lib/vcard-emulator/handler.so")


def files(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def handler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = tmp_path / "handler.so"
    built.write_bytes(b"ELF")
    monkeypatch.setattr(installation, "extension", lambda _: built)


def test_what_was_installed_is_taken_away_again(tmp_path: Path) -> None:
    root = tmp_path / "root"
    installation.install(READERS, root=root)
    assert files(root) == {str(CONF), str(LIBRARY)}
    assert installation.uninstall(root) == [root / CONF, root / LIBRARY]
    assert files(root) == set()
    assert not (root / LIBRARY).parent.exists()
    assert installation.uninstall(root) == []


def test_the_entry_names_reader_socket_and_handler(tmp_path: Path) -> None:
    installation.install(READERS[1:], Path("/run/x/ifd.sock"), tmp_path)
    text = (tmp_path / CONF).read_text()
    assert 'FRIENDLYNAME "Mine"' in text
    assert "DEVICENAME vcard:/run/x/ifd.sock:0" in text
    assert f"LIBPATH /{LIBRARY}" in text


def test_what_is_installed_can_be_read_back(tmp_path: Path) -> None:
    assert installation.installed(tmp_path) is None
    installation.install(READERS, Path("/run/x/ifd.sock"), tmp_path)
    found = installation.installed(tmp_path)
    assert found == installation.Installed(Path("/run/x/ifd.sock"), ("pinpad", "plain?name=Mine"))


def test_installing_twice_is_refused(tmp_path: Path) -> None:
    installation.install(PLAIN, root=tmp_path)
    with pytest.raises(FileExistsError, match="vcard uninstall"):
        installation.install(PLAIN, root=tmp_path)


@pytest.mark.parametrize("socket", ["/run/a b", "/run/a,b"])
def test_a_path_that_pcscd_would_die_of_is_refused_before_anything_is_written(
    tmp_path: Path, socket: str
) -> None:
    with pytest.raises(ValueError, match="pcscd takes only"):
        installation.install(PLAIN, Path(socket), tmp_path / "root")
    assert not (tmp_path / "root").exists()


def test_an_installation_that_fails_leaves_nothing(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    (root / "etc/reader.conf.d").write_text("in the way")
    with pytest.raises(OSError, match="exists"):
        installation.install(PLAIN, root=root)
    assert files(root) == {"etc/reader.conf.d"}


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_pcscd_can_read_it_whatever_its_user_and_our_umask_are(tmp_path: Path, umask: int) -> None:
    root = tmp_path / "root"
    root.mkdir()
    before = os.umask(umask)
    try:
        installation.install(PLAIN, root=root)
    finally:
        os.umask(before)
    modes = {str(path.relative_to(root)): path.stat().st_mode & 0o777 for path in root.rglob("*")}
    assert modes.pop(str(CONF)) == 0o644
    assert set(modes.values()) == {0o755}


def test_no_link_leads_out_of_the_root(tmp_path: Path) -> None:
    root, victim = tmp_path / "root", tmp_path / "victim"
    (root / CONF).parent.mkdir(parents=True)
    (root / CONF).symlink_to(victim)
    with pytest.raises(FileExistsError, match="vcard uninstall"):
        installation.install(PLAIN, root=root)
    assert installation.uninstall(root) == [root / CONF]
    (root / LIBRARY).parent.mkdir(parents=True)
    (root / LIBRARY).symlink_to(victim)
    (root / LIBRARY).with_name("handler.so.new").symlink_to(victim)
    installation.install(PLAIN, root=root)
    assert not (root / LIBRARY).is_symlink()
    assert not victim.exists()


def test_a_socket_must_be_named_in_full(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"whole path of the socket, not ifd\.sock"):
        installation.install(PLAIN, Path("ifd.sock"), tmp_path)
    assert files(tmp_path) == {"handler.so"}
