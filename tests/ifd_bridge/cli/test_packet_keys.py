import click
import pytest
from click.testing import CliRunner

from ifd_bridge.cli.packet_keys import given_keys, packet_keys


@packet_keys
@click.command()
def shown(**keys):
    click.echo(given_keys(keys).values)


def test_keys_are_hexadecimal_and_need_not_be_given():
    said = CliRunner().invoke(shown, ["--kic", "00 11 22 33 44 55 66 77" + "88" * 8])
    assert said.output.strip() == str({"kic": bytes.fromhex("0011223344556677" + "88" * 8)})
    assert CliRunner().invoke(shown, []).output.strip() == "{}"


@pytest.mark.parametrize("wrong", ["", "zz", "00", "00" * 9, "00" * 40])
def test_what_is_no_key_is_a_usage_error(wrong):
    said = CliRunner().invoke(shown, ["--kid", wrong])
    assert said.exit_code == 2
    assert "8, 16, 24 or 32 bytes" in said.output
