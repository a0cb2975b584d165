from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.system import clashes

ROOT = Path(__file__).parents[3]


def test_nothing_clashes_here() -> None:
    assert list(clashes.clashes()) == []
    assert clashes.explained(ImportError("no module", name="vcard")) is None


@pytest.mark.slow  # a process
@pytest.mark.parametrize("package", clashes.PACKAGES)
def test_a_package_that_hides_ours_is_named_with_its_folder(package: str, tmp_path: Path) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").touch()
    code = "from ifd_bridge.system.clashes import clashes\nfor clash in clashes(): print(clash)"
    told = _python("-c", code, first=tmp_path)
    assert f"`{package}` of the folder {str(tmp_path)!r} hides ours" in told
    assert f"rename {tmp_path / package}" in told


@pytest.mark.slow  # a process
@pytest.mark.parametrize("command", [["doctor"], ["run", "--", "true"]])
def test_the_command_names_what_hides_a_package_and_shows_no_traceback(
    command: list[str], tmp_path: Path
) -> None:
    (tmp_path / "readers.py").write_text("mine = 1")
    (tmp_path / "applets").mkdir()
    (tmp_path / "applets" / "__init__.py").touch()
    (tmp_path / "readers").mkdir()
    (tmp_path / "readers" / "__init__.py").write_text("mine = 1")
    told = _python("-m", "ifd_bridge.cli", *command, first=tmp_path, status=None)
    assert f"rename {tmp_path / 'readers'}" in told
    assert "Traceback" not in told


def test_a_distribution_that_wrote_over_ours_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clashes, "owners", lambda: {"vcard": ["vcard", "vcard_emulator"]})
    (clash,) = clashes.clashes()
    assert "the distribution 'vcard' has a package `vcard`, too, and wrote over ours" in str(clash)
    assert "uninstall vcard && " in clash.cure
    assert "install --force-reinstall --no-deps vcard-emulator" in clash.cure
    error = ImportError("cannot import name 'Card' from 'vcard' (x)")
    assert clashes.explained(error) == str(clash)
    assert clashes.explained(ImportError("no module", name="msgpack")) is None


def test_a_distribution_that_hides_ours_is_to_be_uninstalled(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(clashes, "owners", lambda: {"vcard": ["vcard"]})
    clash = next(clashes.clashes(tmp_path))
    assert clash.text.startswith("`vcard` of the distribution 'vcard' hides ours")
    assert clash.cure.endswith("uninstall vcard")


def test_packages_of_a_project_with_names_of_ours_are_found(tmp_path: Path) -> None:
    (tmp_path / "readers").mkdir()
    (tmp_path / "readers" / "mine.py").touch()
    (tmp_path / "applets").mkdir()
    assert clashes.beside(tmp_path) == ["readers"]
    assert clashes.beside(ROOT) == []


def test_a_missing_package_is_no_clash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clashes, "PACKAGES", ("nothing_of_this_name",))
    assert list(clashes.clashes()) == []


def _python(*arguments: str, first: Path, status: int | None = 0) -> str:
    """Run Python with `first` and then this tree on its path; return its output."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        env={"PYTHONPATH": f"{first}:{ROOT}", "PATH": "/usr/bin:/bin"},
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == status or (status is None and ran.returncode)
    return ran.stdout + ran.stderr
