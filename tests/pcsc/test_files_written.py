"""Every file that a world writes: for its user alone under any umask, and whole on a full disk."""

import os
import resource
import signal
import subprocess
import sys

import pytest

from ifd_bridge.cards.opening import open_card

pytestmark = pytest.mark.pcsc

VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
END_S = 40
WALK = """
import os, stat, sys
for place, folders, names in os.walk(sys.argv[1]):
    if place != sys.argv[1] and not os.stat(place).st_mode & 0o077:
        folders.clear()  # nobody else gets in here
        continue
    for path in (os.path.join(place, name) for name in folders + names):
        found = os.lstat(path)
        if found.st_mode & 0o077 and not stat.S_ISLNK(found.st_mode) and path not in sys.argv[2:]:
            print(oct(stat.S_IMODE(found.st_mode)), os.path.relpath(path, sys.argv[1]))
print("walked", sum(len(names) for _, _, names in os.walk(sys.argv[1])))
"""
VERIFY = """
import sys
from smartcard.System import readers
card = readers()[0].createConnection()
card.connect()
for command in sys.argv[1:]:
    data, *status = card.transmit(list(bytes.fromhex(command)))
    print(bytes(status).hex())
"""
SELECT, WRONG, TRIES = "00A4040007A000000018FF01", "002000000439393939", "00200000"


@pytest.fixture
def places(tmp_path, monkeypatch):
    """Folders for everything, which others can enter."""
    for name in ("temporary", "runtime", "captures"):
        (tmp_path / name).mkdir()
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    monkeypatch.setenv("VCARD_CAPTURES", str(tmp_path / "captures"))
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")  # it would be cut short, and stay
    return tmp_path


def run(options, command, prepare=None):
    return subprocess.run(
        [*VCARD, "run", *options, "--", *command],
        capture_output=True, text=True, timeout=END_S, check=False, preexec_fn=prepare,
    )  # fmt: skip


@pytest.mark.parametrize("driver", ["bridge", "libccid"])
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_nothing_that_a_running_world_writes_can_be_read_by_others(places, umask, driver):
    options = ["--driver", driver, "--card", f"pin-dump?state={places}/state", "--show-pins"]
    for sink in ("record", "trace", "pcap"):
        options += [f"--{sink}", f"{places}/{sink}"]
    known = [str(path) for path in places.iterdir()]
    command = [sys.executable, "-c", WALK, str(places), *known]
    done = run(options, command, lambda: os.umask(umask) and None)
    assert done.returncode == 0, done.stderr
    *open_to_others, walked = done.stdout.splitlines()
    assert open_to_others == []
    assert int(walked.split()[1]) >= 6


@pytest.mark.parametrize("sink", ["record", "trace", "pcap"])
def test_a_disk_that_is_full_from_the_start_is_told_by_name(sink, places, monkeypatch):
    monkeypatch.delenv("VCARD_CAPTURES")
    full = "/dev/full"
    done = run(
        [f"--{sink}", full, "--card", "pin-dump"], [sys.executable, "-c", VERIFY, SELECT, TRIES]
    )
    assert done.stdout.split() == ["9000", "63c3"]
    assert done.returncode == 125
    assert f"{full} cannot be written: No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_disk_that_fills_up_under_a_world_s_own_capture_is_told_like_the_others(places):
    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4000, resource.RLIM_INFINITY))

    done = run(["--card", "pin-dump"], [sys.executable, "-c", VERIFY, *[SELECT] * 40], small)
    assert done.stdout.split() == ["9000"] * 40
    assert done.returncode == 125
    assert ".pcapng cannot be written: File too large" in done.stderr


def test_a_folder_for_captures_that_cannot_be_had_is_named(places):
    monkey = {**os.environ, "VCARD_CAPTURES": "/proc/none"}
    done = subprocess.run(
        [*VCARD, "run", "--card", "pin-dump", "--", "true"],
        capture_output=True, text=True, timeout=END_S, check=False, env=monkey,
    )  # fmt: skip
    assert done.returncode == 125
    assert "/proc/none" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_try_is_counted_back_where_a_cards_memory_cannot_be_written(places, monkeypatch):
    """The answer is 6581, and what was committed before is there afterwards."""
    state = places / "state"
    command = [sys.executable, "-c", VERIFY, SELECT, WRONG, TRIES]
    spec = f"pin-dump?state={state}"
    done = run(["--card", spec], command)
    assert done.stdout.split() == ["9000", "6a00", "63c2"]
    card = open_card(spec)
    card.power_up()
    card.exchange(bytes.fromhex(SELECT))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        assert card.exchange(bytes.fromhex(WRONG)) == b"\x65\x81"
        assert card.exchange(bytes.fromhex(TRIES)) == b"\x63\xc2"
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, ignored)
    assert card.exchange(bytes.fromhex(WRONG)) == b"\x6a\x00"
    card.memory.store.close()
    assert run(["--card", spec], command).stdout.split() == ["9000", "6a00", "63c0"]
