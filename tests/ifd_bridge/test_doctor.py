from __future__ import annotations

from pathlib import Path

import pytest

from ifd_bridge import doctor
from ifd_bridge.pcscd import daemon, installation
from ifd_bridge.pcscd.daemon import PcscdError


def missing(*args: object) -> None:
    raise PcscdError("it is missing: apt install it")


@pytest.fixture(autouse=True)
def nothing_is_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "a_world", lambda: doctor.Finding("a world", good=True, text=""))


def test_each_finding_that_is_bad_has_a_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(daemon, "find", missing)
    monkeypatch.setattr(daemon, "namespace", missing)
    monkeypatch.setattr(doctor, "extension", missing)
    monkeypatch.setattr(doctor, "why_not", missing)
    monkeypatch.setattr(doctor, "find_library", lambda _: None)
    monkeypatch.setattr(doctor, "find_spec", lambda _: None)
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", "/nowhere")
    findings = {finding.name: finding for finding in doctor.examine()}
    bad = [finding for finding in findings.values() if not finding.good]
    assert {finding.name for finding in bad} == {
        "pcscd",
        "handler",
        "namespace",
        "plug",
        "libpcsclite",
        "pyscard",
        "environment",
    }
    assert all(finding.cure for finding in bad)
    assert "a world" not in findings


def test_a_long_temporary_path_is_no_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 100)
    long.mkdir()
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(long))
    assert doctor.sockets().good
    assert "/tmp is used" in doctor.sockets().text


def test_what_the_environment_says_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PCSCLITE_CSOCK_NAME", str(tmp_path))
    assert doctor.environment().good
    monkeypatch.delenv("PCSCLITE_CSOCK_NAME")
    assert doctor.environment().good


def test_what_is_installed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    found = installation.Installed(Path("/run/x"), ("pinpad",))
    monkeypatch.setattr(installation, "installed", lambda: found)
    assert doctor.installation().text == "pinpad at /run/x"
