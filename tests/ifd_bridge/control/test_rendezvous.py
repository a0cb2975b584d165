from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ifd_bridge.control import rendezvous
from ifd_bridge.control.client import ControlError


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


def listening(path: Path) -> socket.socket:
    path.parent.mkdir()
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def test_the_environment_goes_first(tmp_path: Path) -> None:
    assert rendezvous.find({"VCARD_CONTROL": "/x/control"}) == Path("/x/control")


def test_the_only_world_will_do(tmp_path: Path) -> None:
    control = tmp_path / "one" / "control"
    with listening(control), rendezvous.announced(control):
        assert rendezvous.find({}) == control
    with pytest.raises(ControlError, match="vcard serve"):
        rendezvous.find({})


def test_of_several_worlds_one_must_be_chosen(tmp_path: Path) -> None:
    one, two = tmp_path / "one" / "control", tmp_path / "two" / "control"
    with (
        listening(one),
        listening(two),
        rendezvous.announced(one),
        rendezvous.announced(two),
        pytest.raises(ControlError, match="--world-name one"),
    ):
        rendezvous.find({})


def test_a_world_that_was_killed_is_forgotten(tmp_path: Path) -> None:
    control = tmp_path / "one" / "control"
    listening(control).close()
    with rendezvous.announced(control) as link:
        assert rendezvous.worlds() == []
        assert not link.is_symlink()


def test_a_new_world_removes_the_links_of_killed_ones(tmp_path: Path) -> None:
    killed = rendezvous.directory() / "vcard-killed"
    killed.symlink_to(tmp_path / "gone" / "control")
    control = tmp_path / "one" / "control"
    with listening(control), rendezvous.announced(control):
        assert [link.name for link in rendezvous.directory().iterdir()] == ["one"]


def test_without_a_runtime_directory_the_temporary_one_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    found = rendezvous.directory()
    assert found.parent == tmp_path
    assert found.stat().st_mode & 0o777 == 0o700


def test_a_directory_open_to_others_is_refused(tmp_path: Path) -> None:
    (tmp_path / "vcard").mkdir()
    (tmp_path / "vcard").chmod(0o777)
    with pytest.raises(PermissionError, match="mode 700"):
        rendezvous.directory()
