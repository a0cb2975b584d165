from __future__ import annotations

import os
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


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("XDG_RUNTIME_DIR")
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    return tmp_path


def taken(path: Path, how: str) -> None:
    """Make what another user might have put where our directory would be."""
    if how == "a file":
        path.touch()
    elif how == "a link":
        path.symlink_to(path.parent)
    else:
        path.mkdir()
        path.chmod(0o777 if how == "open to others" else 0o700)
        if how == "another user's":
            os.chown(path, 12345, -1)


@pytest.mark.parametrize("how", ["a file", "a link", "open to others", "another user's"])
def test_a_name_that_is_taken_stops_no_world_and_hides_none(
    how: str, temporary: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if how == "another user's" and os.getuid() != 0:
        pytest.skip("only root can make what belongs to another user")
    taken(temporary / f"vcard-{os.getuid()}", how)
    control = temporary / "one" / "control"
    with listening(control), rendezvous.announced(control, "mine") as link:
        assert link == temporary / f"vcard-{os.getuid()}-1" / "mine"
        assert rendezvous.find({}) == rendezvous.find({}, "mine") == control
    assert "it is passed over" in caplog.text


def test_a_world_of_before_is_found_when_the_name_is_free_again(temporary: Path) -> None:
    first, control = temporary / f"vcard-{os.getuid()}", temporary / "one" / "control"
    taken(first, "a file")
    with listening(control), rendezvous.announced(control):
        first.unlink()
        assert rendezvous.directory() == first
        assert rendezvous.find({}) == control


def test_a_world_that_cannot_be_announced_is_steered_from_inside(
    temporary: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("", "-1", "-2", "-3", "-4"):
        taken(temporary / f"vcard-{os.getuid()}{name}", "a file")
    control = temporary / "one" / "control"
    with listening(control), rendezvous.announced(control) as found:
        assert found == control
    assert "found from inside alone, by VCARD_CONTROL" in caplog.text
    assert rendezvous.worlds() == []
    with pytest.raises(PermissionError, match="mode 700"):
        rendezvous.directory()
