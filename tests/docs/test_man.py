"""A man page for each command."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from ifd_bridge.cli import COMMANDS


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("click_man")
    from docs.man import write

    folder = tmp_path_factory.mktemp("man")
    write(folder)
    return folder


def test_each_command_has_a_page_with_its_summary(pages: Path) -> None:
    for name, (_, summary) in COMMANDS.items():
        text = (pages / f"vcard-{name}.1").read_text()
        assert f".SH NAME\nvcard\\-{name} \\- {summary.removesuffix('.')}" in text
    assert (pages / "vcard.1").exists()
    assert (pages / "vcard-recording-convert.1").exists()


def test_examples_and_options_are_kept(pages: Path) -> None:
    text = (pages / "vcard-run.1").read_text()
    assert ".SH EXAMPLES\n.nf\n" in text
    assert "vcard run --card hello -- pcsc_scan -r" in text
    assert "Break something in every card" in text
    assert "\b" not in text


@pytest.mark.slow  # a process for each page
def test_groff_finds_nothing_wrong(pages: Path) -> None:
    groff = shutil.which("groff")
    if groff is None:
        pytest.skip("groff is missing: apt install groff-base")
    for page in sorted(pages.iterdir()):
        done = subprocess.run(
            [groff, "-man", "-Tutf8", "-ww", "-z", page], capture_output=True, text=True, check=True
        )
        assert done.stderr == "", page.name
