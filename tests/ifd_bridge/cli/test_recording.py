"""`vcard recording convert`."""

import stat

import pytest
from click.testing import CliRunner

from ifd_bridge.cards.opening import open_card
from ifd_bridge.cli import vcard

LOG = "A>> T=1 (4+0000) 00A40400\nA<< (0002+2) (25ms) 6F00 9000\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "gp.log").write_text(LOG)

    def invoke(*words, text=None):
        return CliRunner().invoke(vcard, ["recording", "convert", *words], input=text)

    return invoke


def test_a_log_becomes_a_recording(run):
    result = run("gp.log")
    assert result.exit_code == 0
    assert result.stdout.splitlines()[0] == "# vcard recording 1"
    assert "> 00 A4 04 00" in result.stdout


def test_a_log_comes_by_a_pipe(run):
    assert "< 6F 00 90 00" in run("-", text=LOG).stdout


def test_a_file_is_for_its_owner(run, tmp_path):
    result = run("gp.log", "-o", "card.txt")
    assert "card.txt: 1 commands" in result.stderr
    assert stat.S_IMODE((tmp_path / "card.txt").stat().st_mode) == 0o600
    assert open_card(f"replay:{tmp_path}/card.txt").exchange(bytes.fromhex("00A40400"))


def test_a_file_that_others_could_read_is_for_its_owner_now(run, tmp_path):
    (tmp_path / "card.txt").touch()
    (tmp_path / "card.txt").chmod(0o644)
    run("gp.log", "-o", "card.txt")
    assert stat.S_IMODE((tmp_path / "card.txt").stat().st_mode) == 0o600


def test_a_full_disk_is_told_by_its_name(run):
    result = run("gp.log", "-o", "/dev/full")
    assert result.exit_code != 0
    assert "/dev/full: No space left on device" in result.stderr


def test_the_atr_may_be_given(run):
    assert "up 3B 01 55" in run("gp.log", "--atr", "3B0155").stdout


def test_a_log_is_replayed_as_it_is(run, tmp_path):
    card = open_card(f"replay:{tmp_path}/gp.log")
    assert card.exchange(bytes.fromhex("00A40400")).hex() == "6f009000"


def test_mistakes_are_told(run, tmp_path):
    (tmp_path / "empty.log").write_text("nothing\n")
    for words, message in (
        (("empty.log",), "empty.log: no command with its answer is in this log"),
        (("missing.log",), "No such file"),
        (("gp.log", "--atr", "zz"), "'--atr': bytes in hexadecimal, not 'zz'"),
        (("gp.log", "--from", "morse"), "'morse' is not one of"),
        (("gp.log", "--from", "usb"), "neither pcap nor pcapng"),
    ):
        result = run(*words)
        assert result.exit_code != 0
        assert message in result.stderr
