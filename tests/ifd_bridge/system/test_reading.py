"""Files that a user names are read up to a limit, and their errors are sentences."""

import pytest

from ifd_bridge.system.reading import is_file, read_bytes, read_text


def test_a_file_is_read_up_to_its_bound(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "file").write_text("grün")
    assert read_bytes("~/file", 5) == "grün".encode()
    assert read_text(tmp_path / "file") == "grün"
    with pytest.raises(ValueError, match=f"{tmp_path}/file: more than 0 KiB"):
        read_bytes("~/file", 4)


def test_a_device_without_an_end_is_refused():
    with pytest.raises(ValueError, match="/dev/zero: more than 16 MiB"):
        read_bytes("/dev/zero")
    with pytest.raises(ValueError, match="/dev/zero: more than 1 MiB"):
        read_text("/dev/zero", 1 << 20)


def test_what_cannot_be_read_is_named(tmp_path):
    (tmp_path / "raw").write_bytes(b"\xff")
    for path, why in [("none", "No such file"), (".", "Is a directory"), ("raw", "not text")]:
        with pytest.raises(ValueError, match=f"{tmp_path}.*: {why}"):
            read_text(tmp_path / path)


def test_what_no_file_can_be_called_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "file").write_text("")
    assert is_file("~/file")
    assert not is_file(tmp_path)
    assert not is_file("00" * 5000)
