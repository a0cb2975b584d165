from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from ifd_bridge.cli import vcard


def run(*args: str) -> str:
    return CliRunner().invoke(vcard, ["decode", *args]).output


def test_bytes_are_explained_as_what_they_look_like() -> None:
    shown = run("00 A4 04 00 0A", "A0:00:00:00:62:03:01:0C:06:01")
    assert shown.startswith("apdu\n")
    assert "data: hello" in shown


def test_a_file_is_read_as_text_or_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for content in (b"9000\n", b"\x90\x00"):
        path.write_bytes(content)
        assert "SW: OK" in run(str(path))


def test_json_names_the_kind() -> None:
    values = json.loads(run("--json", "--as", "tlv", "5A0112"))
    assert values["kind"] == "tlv"
    assert values["lines"][0]["hex"] == "5A0112"


def test_what_cannot_be_explained_is_told_with_the_offset() -> None:
    assert "offset 1" in run("--as", "response", "90")
