from __future__ import annotations

from importlib.metadata import version

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import COMMANDS, vcard
from vcard.compiled import form


def test_help_lists_the_commands() -> None:
    said = CliRunner().invoke(vcard, ["help"]).output
    assert all(line in said for line in ("vcard run --card hello", *COMMANDS))


def test_the_version_says_in_which_form_it_is() -> None:
    said = CliRunner().invoke(vcard, ["--version"]).output
    assert said == f"vcard, version {version('vcard-emulator')} ({form()})\n"


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_a_command_is_its_own(name: str) -> None:
    helped = CliRunner().invoke(vcard, ["help", name]).output
    assert helped.startswith(f"Usage: vcard {name}")
    assert "Example" in helped
