"""A world from options, from a file, and back."""

import sys

import pytest
from click.testing import CliRunner

from ifd_bridge.cli import vcard

WORLD = """\
driver = "bridge?as=1.8.4"
faults = ["ins=20:mute"]
seed = 7

[[reader]]
model = "pinpad"
card = "hello"

[[reader]]
model = "two-slot"
cards = ["", "random"]
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "world.toml").write_text(WORLD)
    return lambda *words: CliRunner().invoke(vcard, ["run", *words])


def test_options_are_printed_as_a_file(run):
    options = ("--driver", "bridge?as=1.8.4", "--fault", "ins=20:mute", "--seed", "7")
    result = run(*options, "-r", "pinpad", "-c", "hello", "--print-world")
    assert result.exit_code == 0
    assert result.stdout == WORLD.partition('\n\n[[reader]]\nmodel = "two')[0] + "\n"


def test_a_file_is_printed_as_it_is(run):
    assert run("--world", "world.toml", "--print-world").stdout == WORLD


def test_options_go_before_what_the_file_says(run):
    told = run("--seed", "1", "--world", "world.toml", "-c", "pin-dump", "--print-world").stdout
    assert "seed = 1" in told
    assert 'card = "pin-dump"' in told
    assert "two-slot" not in told
    assert 'faults = ["ins=20:mute"]' in told


def test_a_command_is_needed_unless_the_world_is_printed(run):
    result = run("-c", "hello")
    assert result.exit_code != 0
    assert "Missing argument 'COMMAND...'" in result.stderr


def test_a_wrong_file_is_told(run, tmp_path):
    (tmp_path / "bad.toml").write_text("colour = 'red'")
    result = run("--world", "bad.toml", "--", "true")
    assert "bad.toml: no key is called 'colour'" in result.stderr
    assert result.exit_code == 125


@pytest.mark.pcsc
def test_a_command_lives_in_the_world_of_a_file(run, tmp_path):
    code = "from smartcard.System import readers; open('seen', 'w').write(str(len(readers())))"
    assert run("--world", "world.toml", "--", sys.executable, "-c", code).exit_code == 0
    assert (tmp_path / "seen").read_text() == "3"
