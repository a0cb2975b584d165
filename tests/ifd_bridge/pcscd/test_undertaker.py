"""What a process leaves that ends without closing it goes all the same."""

import os
import signal
import subprocess
import sys

import pytest

from ifd_bridge.pcscd.reader_states import wait_until
from ifd_bridge.pcscd.undertaker import Undertaker

END = 10
ENDS = """
import os, sys
from pathlib import Path
from ifd_bridge.pcscd.undertaker import Undertaker
undertaker = Undertaker(Path(sys.argv[1]), "announced")
if sys.argv[2] == "exit":
    os._exit(7)
else:
    os.kill(os.getpid(), int(sys.argv[2]))
"""


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
