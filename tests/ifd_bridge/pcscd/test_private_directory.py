import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.pcscd import private_directory
from ifd_bridge.pcscd.private_directory import PrivateDirectory, Undertaker, sweep
from ifd_bridge.pcscd.reader_states import wait_until

OWNER = """
import sys
from pathlib import Path
from ifd_bridge.pcscd.private_directory import PrivateDirectory
print(PrivateDirectory(Path(sys.argv[1])).path, flush=True)
sys.stdin.read()
"""
END = 10
ENDS = """
import os, sys
from pathlib import Path
from ifd_bridge.pcscd.private_directory import Undertaker
undertaker = Undertaker(Path(sys.argv[1]), "announced")
if sys.argv[2] == "exit":
    os._exit(7)
else:
    os.kill(os.getpid(), int(sys.argv[2]))
"""


def test_a_place_is_private_and_goes_with_its_contents(tmp_path):
    place = PrivateDirectory(tmp_path)
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o700
    (place.path / "log").write_text("something")
    place.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_directory_too_long_for_a_socket_is_refused(tmp_path):
    with pytest.raises(ValueError, match="107"):
        PrivateDirectory(tmp_path / ("x" * 100))


@pytest.mark.parametrize("odd", ["/run/user/1000", "/tmp/with space", "/tmp/" + "x" * 100])
def test_a_temporary_directory_that_will_not_do_is_replaced(odd, monkeypatch):
    monkeypatch.setattr(private_directory.tempfile, "gettempdir", lambda: odd)
    place = PrivateDirectory()
    assert place.path.parent == Path("/tmp")
    place.remove()


@pytest.mark.slow  # a process
def test_what_a_killed_process_left_is_swept_and_what_lives_stays(tmp_path):
    command = [sys.executable, "-c", OWNER, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, **pipes) as owner:
        theirs = Path(owner.stdout.readline().strip())
        mine = PrivateDirectory(tmp_path)
        assert theirs.is_dir()
        owner.kill()
    assert theirs.is_dir()
    sweep(tmp_path)
    assert not theirs.exists()
    assert mine.path.is_dir()
    mine.remove()


def test_what_nobody_ever_owned_is_left_alone(tmp_path, monkeypatch):
    bare, linked = tmp_path / "vcard-bare", tmp_path / "vcard-linked"
    bare.mkdir()
    (tmp_path / "vcard-file").touch()
    linked.mkdir()
    (linked / "owner").symlink_to(tmp_path / "vcard-file")
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 3
    other = left_over(tmp_path / "vcard-12345678")
    monkeypatch.setattr(private_directory.os, "geteuid", lambda: os.getuid() + 1)
    sweep(tmp_path)
    assert other.is_dir()


def left_over(path):
    """Make the files that a killed process leaves."""
    path.mkdir(mode=0o700)
    (path / "owner").touch(mode=0o600)
    (path / "owner").chmod(0o600)
    return path


def test_what_is_not_in_every_way_of_our_making_is_left_alone(tmp_path):
    """A user's folder may have our prefix and a file `owner`."""
    sweep_away = left_over(tmp_path / "vcard-abc_defg")
    notes, long, upper = (
        left_over(tmp_path / name) for name in ("vcard-notes", "vcard-addresses", "vcard-PASSPORT")
    )
    open_to_all = left_over(tmp_path / "vcard-12345671")
    open_to_all.chmod(0o755)
    filled = left_over(tmp_path / "vcard-12345672")
    (filled / "owner").write_text("John")
    readable = left_over(tmp_path / "vcard-12345673")
    (readable / "owner").chmod(0o644)
    sweep(tmp_path)
    assert not sweep_away.exists()
    for path in (notes, long, upper, open_to_all, filled, readable):
        assert (path / "owner").exists()


@pytest.mark.timeout(20)
def test_a_pipe_in_the_owners_place_holds_nobody_up(tmp_path):
    path = tmp_path / "vcard-12345678"
    path.mkdir(mode=0o700)
    os.mkfifo(path / "owner", 0o600)
    sweep(tmp_path)
    assert (path / "owner").exists()


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_the_owners_file_has_its_mode_whatever_the_umask_is(tmp_path, umask):
    before = os.umask(umask)
    try:
        place = PrivateDirectory(tmp_path)
    finally:
        os.umask(before)
    owner = (place.path / "owner").stat()
    assert (stat.S_IMODE(owner.st_mode), owner.st_size) == (0o600, 0)
    place.remove()


def test_a_directory_swept_while_it_is_made_is_made_again(tmp_path, monkeypatch):
    genuine, refused = private_directory._lock, []

    def lock(path):
        if not refused:
            refused.append(path)
            return None
        return genuine(path)

    monkeypatch.setattr(private_directory, "_lock", lock)
    place = PrivateDirectory(tmp_path)
    assert place.path != refused[0]
    place.remove()


# Files of a process that ends without closing them are removed as well.


@pytest.fixture
def directory(tmp_path):
    """A world's directory, with the link that leads back to where it is announced."""
    made = tmp_path / "a world's"
    (made / "deeper").mkdir(parents=True)
    (made / "deeper" / "file").touch()
    (tmp_path / "world").symlink_to(made / "control")
    (made / "announced").symlink_to(tmp_path / "world")
    return made


@pytest.mark.slow  # a process
@pytest.mark.parametrize("how", ["exit", str(int(signal.SIGKILL)), str(int(signal.SIGABRT))])
def test_what_a_process_leaves_is_removed_and_told(directory, how):
    done = subprocess.run(
        [sys.executable, "-c", ENDS, str(directory), how],
        capture_output=True, text=True, timeout=END, check=False,
    )  # fmt: skip
    assert done.returncode == (7 if how == "exit" else -int(how))
    assert wait_until(lambda: not os.path.lexists(directory))
    assert list(directory.parent.iterdir()) == []
    assert "has ended without closing it" in done.stderr


def test_what_is_removed_already_is_nobodys_business(directory, capfd):
    undertaker = Undertaker(directory, "announced")
    directory.rename(directory.with_name("elsewhere"))
    undertaker.close()
    undertaker.close()
    assert capfd.readouterr().err == ""
    with pytest.raises(ChildProcessError):  # it has ended, and is waited for
        os.waitpid(undertaker._pid, 0)


def test_without_room_for_it_all_goes_on(directory, monkeypatch):
    def refuse(*_, **__):
        raise BlockingIOError

    monkeypatch.setattr(os, "posix_spawn", refuse)
    Undertaker(directory, "announced").close()
    assert directory.exists()
