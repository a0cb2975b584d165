"""The files of `run` are complete, or an error and the exit status say so."""

import os
import signal
import stat
import subprocess
import sys

import pytest

from ifd_bridge.worlds.sinks import Sinks

VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
END_S = 30
CLIENT = """
AID = bytes.fromhex("A00000006203010C0601")
from smartcard.System import readers
card = readers()[0].createConnection()
card.connect()
for _ in range(100):
    print(bytes(card.transmit([0, 0xA4, 4, 0, 10, *AID])[0]).hex())
"""


@pytest.fixture(autouse=True)
def runtime(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # it would be cut short, and stay


def few_bytes():
    """Limit files to 4000 bytes, as on an almost full disk."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))


def run(*options, limited=None, command=(sys.executable, "-c", CLIENT)):
    return subprocess.run(
        [*VCARD, "run", *options, "--card", "hello", "--", *command],
        capture_output=True, text=True, timeout=END_S, check=False, preexec_fn=limited,
    )  # fmt: skip


def test_nothing_is_asked_for_and_nothing_fails():
    with Sinks(None) as sinks:
        assert not sinks.wrappers
        assert not sinks.failed


@pytest.mark.pcsc
@pytest.mark.parametrize("option", ["--record", "--trace", "--pcap"])
def test_a_disk_that_fills_up_breaks_no_answer_and_is_told_by_name(option, tmp_path):
    path = tmp_path / "file"
    done = run(option, str(path), limited=few_bytes)
    assert done.stdout.count("\n") == 100
    assert done.returncode == 125
    assert done.stderr.count(f"{path} cannot be written: File too large") == 1
    assert 0 < path.stat().st_size <= 4000
    assert "Traceback" not in done.stderr


@pytest.mark.pcsc
def test_the_commands_own_status_goes_before_ours():
    done = run("--record", "/dev/full", command=("sh", "-c", "exit 7"))
    assert done.returncode == 7
    assert "/dev/full cannot be written: No space left on device" in done.stderr


@pytest.mark.pcsc
@pytest.mark.parametrize("pins", [[], ["--show-pins"]])
def test_nobody_else_can_read_what_is_written(pins, tmp_path):
    paths = [tmp_path / name for name in ("record", "trace", "pcap")]
    options = [word for path in paths for word in (f"--{path.name}", str(path))]
    before = os.umask(0)
    try:
        assert run(*options, *pins).returncode == 0
    finally:
        os.umask(before)
    assert [stat.S_IMODE(path.stat().st_mode) for path in paths] == [0o600] * 3


@pytest.mark.pcsc
def test_files_end_at_their_limits(tmp_path):
    options = ["--trace", str(tmp_path / "t"), "--trace-limit", "1k"]
    done = run(*options, "--pcap", str(tmp_path / "p"), "--pcap-limit", "2k")
    assert done.returncode == 0
    assert 512 < (tmp_path / "t").stat().st_size <= 1024
    assert 1024 < (tmp_path / "p").stat().st_size <= 2048
    assert "t has reached its limit of 1024 bytes" in done.stderr
    assert "p has reached its limit of 2048 bytes" in done.stderr
