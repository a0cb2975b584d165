from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from ifd_bridge.cli.install import install_command, uninstall_command
from ifd_bridge.pcscd import installation


def test_what_is_written_and_removed_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = tmp_path / "handler.so"
    built.touch()
    monkeypatch.setattr(installation, "extension", lambda _: built)
    (tmp_path / "root").mkdir()
    root = ["--root", str(tmp_path / "root")]
    wrote = CliRunner().invoke(install_command, ["--reader", "pinpad", *root])
    assert wrote.exit_code == 0, wrote.output
    assert f"wrote {tmp_path}/root/etc/reader.conf.d/vcard" in wrote.output
    assert "systemctl restart pcscd" in wrote.output
    removed = CliRunner().invoke(uninstall_command, root)
    assert removed.output.count("removed ") == 2
    again = CliRunner().invoke(uninstall_command, root)
    assert again.output == "nothing was installed\n"


def test_who_may_not_is_told_who_may(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "/usr/local/lib/vcard-emulator")

    monkeypatch.setattr(installation, "install", refuse)
    shown = CliRunner().invoke(install_command)
    assert shown.exit_code == 1
    assert "/usr/local/lib/vcard-emulator: Permission denied; do it as root" in shown.output
