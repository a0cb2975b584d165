from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard
from ifd_bridge.cli.atr import atr_command
from vcard import DEFAULT_ATR as ATR


@pytest.mark.parametrize("args", [[ATR.hex()], ATR.hex(" ").split()])
def test_every_byte_is_explained(args: list[str]) -> None:
    shown = CliRunner().invoke(atr_command, args)
    assert shown.exit_code == 0
    assert "TS" in shown.output
    assert "wrong" not in shown.output


def test_what_is_wrong_is_said() -> None:
    shown = CliRunner().invoke(atr_command, ["3B8780018065766361726400"])
    assert "wrong: offset" in shown.output


def test_what_is_not_hexadecimal_is_refused() -> None:
    shown = CliRunner().invoke(vcard, ["atr", "3B", "xyz"])
    assert shown.exit_code == 1
    assert "not hexadecimal" in shown.output


def test_nothing_to_explain_is_a_wrong_use() -> None:
    assert CliRunner().invoke(atr_command, []).exit_code == 2


def test_json_has_every_byte_and_value() -> None:
    shown = CliRunner().invoke(atr_command, ["--json", "3B 80 80 11 FE EF"])
    values = json.loads(shown.output)
    assert values["ifsc"] == 254
    assert values["protocols"] == [0, 1]
    assert [item["name"] for item in values["bytes"]][-2:] == ["TA3", "TCK"]


def test_statistics_are_tables_with_bars(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("3B 00\n\tone\n3B 80 80 11 FE EF\n3F 00\n3B .. 00\n")
    shown = CliRunner().invoke(atr_command, ["--stats", str(path), "--rows", "1"])
    assert "3 ATRs, 1 patterns left out" in shown.output
    assert "  0x3B       2   66.67 %  " + "█" * 40 in shown.output
    assert "and 1 other values" in shown.output
    shown = CliRunner().invoke(atr_command, ["--stats", str(path), "--json"])
    tables = json.loads(shown.output)
    assert tables[0]["rows"][0] == {"value": "0x3B", "count": 2, "percent": 66.67}


def test_a_file_without_atrs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list"
    path.write_text("# nothing\n")
    assert "has no ATRs" in CliRunner().invoke(atr_command, ["--stats", str(path)]).output
