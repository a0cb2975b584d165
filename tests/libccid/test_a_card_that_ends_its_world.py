"""A card's code may end the process of its world: the client is told, and nothing is left."""

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
import os, signal
from vcard import DEFAULT_ATR

class Ends:
    def __init__(self, how):
        self.how = how
    def power_up(self):
        return DEFAULT_ATR
    def power_down(self):
        pass
    def exchange(self, command, port=None):
        print(len(os.listdir(os.environ["TMPDIR"])), flush=True)
        if self.how == "exit":
            os._exit(7)
        os.abort() if self.how == "abort" else os.kill(os.getpid(), signal.SIGSEGV)

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
STATUS = {"exit": 7, "abort": -signal.SIGABRT, "crash": -signal.SIGSEGV}


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
    """What stands in the folders of worlds; the folder of links stays."""
    found = [*(places / "temporary").iterdir(), *(places / "runtime").glob("*/*")]
    return [path.name for path in found]


def servants(places):
    """The processes that have a world's folder in their command."""
    listed = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(places / "temporary") in line]


@pytest.mark.parametrize("how", STATUS)
@pytest.mark.parametrize("driver", MODELS)
def test_its_client_is_told_and_nothing_is_left(places, driver, how):
    if why := ends_pcscd(driver):
        pytest.skip(why)
    spec = f"{places}/ends.py:card?how={how}"
    options = ["--driver", driver, "--reader", MODELS[driver], "--card", spec]
    done = subprocess.run(
        [*VCARD, "run", *options, "--", sys.executable, "-c", CLIENT],
        capture_output=True, text=True, timeout=END_S, check=False, preexec_fn=without_core,
    )  # fmt: skip
    assert done.returncode == STATUS[how]
    assert done.stdout.split() == ["1", "True"], done.stderr
    assert "has ended without closing it" in done.stderr
    assert wait_until(lambda: left(places) == [])
    assert wait_until(lambda: servants(places) == [])
