from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard
from ifd_bridge.cli.models import models_command
from ifd_bridge.worlds.model_text import from_toml
from ifd_bridge.worlds.reader_models import model
from readers.models import MODELS


def test_every_model_has_a_line() -> None:
    shown = CliRunner().invoke(models_command, [])
    assert [line.split()[0] for line in shown.output.splitlines()] == list(MODELS)
    assert "3 slots" in shown.output
    assert "PIN pad with display" in shown.output


def test_json_is_for_programs() -> None:
    values = json.loads(CliRunner().invoke(models_command, ["--json"]).output)
    assert [value["model"] for value in values] == list(MODELS)
    assert values[1]["pin_pad"]


@pytest.mark.parametrize("text", ["gemalto-pinpad", "plain?quirks=ppdu&name=X"])
def test_a_description_is_a_start_for_a_model_of_ones_own(text: str) -> None:
    shown = CliRunner().invoke(models_command, ["--describe", text])
    assert from_toml(shown.output, model) == model(text)


def test_what_is_no_model_is_an_error() -> None:
    shown = CliRunner().invoke(vcard, ["models", "--describe", "none"])
    assert shown.exit_code == 1
    assert "no reader model is named 'none'" in shown.output
