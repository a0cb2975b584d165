"""A card's code may end the process of its world: that is a failure, and nothing is left.

The card's own exit status has no effect; a process that it forked may end in any way.
"""

import contextlib
import os
import resource
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from ifd_bridge.pcscd.reader_states import wait_until
from tests.kits.genuine import ends_pcscd

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

END_S = 40
VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
CARD = """
import os, signal, threading, time
from vcard import DEFAULT_ATR

ENDS = {
    "well": lambda: os._exit(0),
    "exit": lambda: os._exit(7),
    "exec": lambda: os.execl("/bin/true", "true"),
    "thread": lambda: threading.Thread(target=os._exit, args=[0]).start() or time.sleep(30),
    "abort": os.abort,
    "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
}

class Ends:
    def __init__(self, how):
        self.how = how
    def power_up(self):
        return DEFAULT_ATR
    def power_down(self):
        pass
    def exchange(self, command, port=None):
        print(len(os.listdir(os.environ["TMPDIR"])), flush=True)
        if self.how == "fork":
            child = os.fork()
            if not child:
                os._exit(7)
            return bytes((0x90, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])))
        if self.how == "twice":
            child = os.fork()
            return bytes((0x90, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) if child else 1))
        ENDS[self.how]()

def card(how="exit"):
    return Ends(how)
"""
CLIENT = """
from smartcard.scard import *
_, ctx = SCardEstablishContext(SCARD_SCOPE_USER)
_, [name] = SCardListReaders(ctx, [])
SCardGetStatusChange(ctx, 10000, [(name, SCARD_STATE_EMPTY)])
code, card, _ = SCardConnect(ctx, name, SCARD_SHARE_SHARED, 3)
assert not code, code
print(SCardTransmit(card, SCARD_PCI_T1, [0, 0, 0, 0])[0] != 0, flush=True)
while not SCardEstablishContext(SCARD_SCOPE_USER)[0]:
    pass  # its pcscd is just ending
"""
MODELS = {"bridge": "plain", "libccid": "plain", "libccid-serial": "gemalto-pc-twin"}
STATUS = {
    "well": 125, "exit": 125, "exec": 125, "thread": 125,
    "abort": -signal.SIGABRT, "crash": -signal.SIGSEGV,
}  # fmt: skip


@pytest.fixture
def places(monkeypatch):
    """A folder with a short name: where a socket's path would be too long, a world is in /tmp."""
    with tempfile.TemporaryDirectory(prefix="ends-") as place:
        path = Path(place)
        for name, folder in (("TMPDIR", "temporary"), ("XDG_RUNTIME_DIR", "runtime")):
            (path / folder).mkdir()
            monkeypatch.setenv(name, str(path / folder))
        (path / "ends.py").write_text(CARD)
        yield path


def without_core():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def left(places):
    """Return the contents of the worlds' folders; the folder of links stays."""
    found = [*(places / "temporary").iterdir(), *(places / "runtime").glob("*/*")]
    return [path.name for path in found]


def servants(places):
    """The processes that have a world's folder in their command."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            found.append(process.read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return [line for line in found if str(places / "temporary") in line]


ALL = [("bridge", how) for how in STATUS] + [
    (driver, how) for driver in ("libccid", "libccid-serial") for how in ("well", "crash")
]  # the end of a process and the remains of a driver are independent


@pytest.mark.parametrize(("driver", "how"), ALL)
def test_its_client_is_told_and_nothing_is_left(places, driver, how):
    if why := ends_pcscd(driver):
        pytest.skip(why)
    spec = f"{places}/ends.py:card?how={how}"
    options = ["--driver", driver, "--reader", MODELS[driver], "--card", spec]
    done = subprocess.run(
        [*VCARD, "run", *options, "--", sys.executable, "-c", CLIENT],
        capture_output=True, text=True, timeout=END_S, check=False, preexec_fn=without_core,
    )  # fmt: skip
    assert done.returncode == STATUS[how], done.stderr
    assert done.stdout.split() == ["1", "True"], done.stderr
    assert "has ended without closing it" in done.stderr
    assert wait_until(lambda: left(places) == [])
    assert wait_until(lambda: servants(places) == [])


def test_a_world_that_is_served_ends_the_same(places):
    command = [*VCARD, "serve", "--card", f"{places}/ends.py:card?how=well"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as serving:
        exported = serving.stdout.readline().split()[1:]
        environ = {**os.environ, **dict(each.split("=", 1) for each in exported)}
        client = subprocess.run(
            [sys.executable, "-c", CLIENT], env=environ, capture_output=True, text=True,
            timeout=END_S, check=False,
        )  # fmt: skip
        out, said = serving.communicate(timeout=END_S)
    assert client.stdout.split() == ["True"], client.stderr
    assert serving.returncode == 125
    assert out.split() == ["1"]
    assert "os._exit(0) was called in this process, not by vcard" in said
    assert "has ended without closing it" in said
    assert wait_until(lambda: left(places) == [])


def test_a_card_that_ends_it_before_it_stands_is_told_of_by_name(places):
    (places / "early.py").write_text("import os\ndef card():\n    os._exit(0)\n")
    done = subprocess.run(
        [*VCARD, "run", "--card", f"{places}/early.py:card", "--", "true"],
        capture_output=True, text=True, timeout=END_S, check=False,
    )  # fmt: skip
    assert done.returncode == 125
    assert "os._exit(0) was called in this process, not by vcard" in done.stderr


@pytest.mark.parametrize(("how", "status"), [("fork", 7), ("twice", 125)])
def test_a_process_that_a_card_has_forked_ends_as_it_likes_or_where_it_comes_back(
    places, how, status
):
    done = subprocess.run(
        [*VCARD, "run", "--card", f"{places}/ends.py:card?how={how}", "--", sys.executable, "-c",
         CLIENT.partition("print")[0] + "print(SCardTransmit(card, SCARD_PCI_T1, [0, 0, 0, 0]))"],
        capture_output=True, text=True, timeout=END_S, check=False,
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == f"[0, [144, {status}]]"
    assert done.returncode == 0, done.stderr
    assert ("forked came back" in done.stderr) is (how == "twice")
