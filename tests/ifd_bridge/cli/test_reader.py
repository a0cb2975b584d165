from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from click.testing import CliRunner

from ifd_bridge.cli import vcard
from tests.kits.descriptions import OURS


def run(*arguments: str) -> str:
    shown = CliRunner().invoke(vcard, ["reader", *arguments])
    assert shown.exit_code == 0, shown.output
    return shown.output


def test_a_file_is_explained_field_by_field() -> None:
    text = run("show", str(OURS / "contradictory.txt"))
    assert "dwMaxCCIDMessageLength" in text
    assert "a driver (libccid 1.5.2)" in text
    assert "contradiction: bMaxCCIDBusySlots is 0" in text


def test_every_interface_is_explained() -> None:
    text = run("show", f"{OURS / 'two-interfaces.txt'}?id=ffff:0006")
    assert "[Contact]" in text
    assert "[Contactless]" in text


def test_a_model_is_explained_as_well() -> None:
    assert "tables of the driver that apply" in run("show", "gemalto-pinpad", "--as", "1.8.4")


def test_json_has_the_same() -> None:
    (value,) = json.loads(run("show", "acr122u", "--json"))
    assert value["usb_id"] == "072f:2200"
    assert any("T=1 alone" in text for text in value["contradictions"])
    assert {"name": "bMaxSlotIndex", "value": "00", "meaning": ["one slot"]} in value["fields"]


def test_what_cannot_be_explained_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    for arguments, says in (
        (["show", "none"], "no reader model is named 'none'"),
        (["show", str(tmp_path / "empty.txt")], "no description of a reader"),
        (["show", "plain", "--as", "x"], "as is a release of libccid"),
        (["stats", str(tmp_path)], "has no reader descriptions"),
        (["show", str(tmp_path)], "is a folder: vcard reader stats"),
    ):
        shown = CliRunner().invoke(vcard, ["reader", *arguments])
        assert shown.exit_code == 1
        assert says in shown.output


def test_a_pipe_is_explained_as_a_file(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    said = (OURS / "contradictory.txt").read_bytes()
    writer = threading.Thread(target=pipe.write_bytes, args=(said,), daemon=True)
    writer.start()
    assert "contradiction: bMaxCCIDBusySlots is 0" in run("show", str(pipe))
    writer.join(10)


def test_tables_have_no_fewer_than_no_rows() -> None:
    for arguments in (["reader", "stats", str(OURS)], ["atr", "3B00"]):
        shown = CliRunner().invoke(vcard, [*arguments, "--rows", "-1"])
        assert shown.exit_code == 2
        assert "-1 is not in the range x>=0" in shown.output


def test_a_folder_is_counted(tmp_path: Path) -> None:
    for path in OURS.glob("*.txt"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "readme").write_text("nothing")
    text = run("stats", str(tmp_path), "--rows", "2")
    assert "6 readers (interfaces), 1 files left out" in text
    assert "Exchange levels" in text
    tables = json.loads(run("stats", str(tmp_path), "--json"))
    assert tables[0]["title"] == "Exchange levels"
