from __future__ import annotations

import pytest
from click.testing import CliRunner

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
    shown = CliRunner().invoke(atr_command, ["3B", "xyz"])
    assert shown.exit_code == 1
    assert "not hexadecimal" in shown.output
