"""The same work with fewer privileges: as an ordinary user, without a namespace, after a kill."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ifd_bridge.pcscd.bundle import extension
from ifd_bridge.pcscd.daemon import Pcscd, ReaderConf, namespace
from tests.kits.pcsc.client import PRESENT, Client, ScardError
from tests.pcsc.test_pinpad import DUMP, SELECT, TEMPLATE, VERIFY, verify

pytestmark = pytest.mark.pcsc
ROOT = Path(__file__).parents[2]

WORK = """
import ctypes, os, sys
from ctypes import byref, c_ulong, create_string_buffer
if sys.argv[1:] == ["without"]:
    from ifd_bridge.pcscd import daemon, hotplug
    daemon.namespace = hotplug.namespace = lambda: daemon._without_namespace()
from applets.hello import Hello
from ifd_bridge import PcscdError, endpoint
from readers import CcidReader, models
from vcard import Card

class State(ctypes.Structure):
    _fields_ = [("reader", ctypes.c_char_p), ("user", ctypes.c_void_p), ("current", c_ulong),
                ("event", c_ulong), ("size", c_ulong), ("atr", ctypes.c_ubyte * 33)]

lib = ctypes.CDLL("libpcsclite.so.1")
def do(name, *arguments):
    code = getattr(lib, name)(*arguments) & 0xFFFFFFFF
    assert code == 0, f"{name}: {code:#x}"
def settle(bits):
    while not state.event & bits:
        do("SCardGetStatusChange", context, c_ulong(20000), byref(state), c_ulong(1))
        state.current = state.event

existed = os.path.exists("/run/pcscd")
reader = CcidReader(models.PLAIN)
reader.insert(Card(Hello()))
try:
    world = endpoint(reader).__enter__()
except PcscdError as missing:
    print("skip", str(missing).splitlines()[0])
    sys.exit()
os.environ.update(world.environ)
context, card, protocol = ctypes.c_long(), ctypes.c_long(), c_ulong()
names, size = create_string_buffer(2048), c_ulong(2048)
do("SCardEstablishContext", c_ulong(0), None, None, byref(context))
do("SCardListReaders", context, None, names, byref(size))
state = State(reader=names.value)
settle(0x20)
do("SCardConnect", context, names, c_ulong(2), c_ulong(3), byref(card), byref(protocol))
pci = "g_rgSCardT0Pci" if protocol.value == 1 else "g_rgSCardT1Pci"
for command in ("00A404000AA00000006203010C0601", "0000000000"):
    raw, answer, size = bytes.fromhex(command), create_string_buffer(300), c_ulong(300)
    do("SCardTransmit", card, byref(ctypes.c_char.in_dll(lib, pci)), raw, c_ulong(len(raw)), None,
       answer, byref(size))
print(os.getuid(), names.value.decode(), answer.raw[: size.value - 2].decode())
reader.eject()
settle(0x10)
world.close()
assert os.path.exists("/run/pcscd") == existed, "/run/pcscd was left behind"
print("done")
"""


def said(command, environ=os.environ):
    """Run the work in a process started by `command`; return its output, or skip with its
    reason."""
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    if done.stdout.startswith("skip"):
        pytest.skip(done.stdout)
    return done.stdout.splitlines()


def as_nobody():
    """The command that runs a Python as the user nobody; skips where there is none to be had."""
    if os.geteuid() != 0:
        pytest.skip("an ordinary user runs all of these tests already")
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        pytest.skip("setpriv is missing: apt install util-linux")
    nobody = pwd.getpwnam("nobody")
    drop = [setpriv, f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups"]
    for python in (sys.executable, "/usr/bin/python3"):
        tried = [*drop, python, "-c", "import ifd_bridge, applets.hello"]
        if subprocess.run(tried, cwd=ROOT, capture_output=True, check=False).returncode == 0:
            return [*drop, python]
    pytest.skip("no Python that nobody may run finds this checkout")


def test_an_ordinary_user_has_a_world_of_their_own():
    environ = {"PATH": os.environ["PATH"], "TMPDIR": "/tmp"}
    hello, done = said([*as_nobody(), "-c", WORK], environ)
    uid = pwd.getpwnam("nobody").pw_uid
    assert hello.startswith(f"{uid} ")
    assert hello.endswith("Hello world!")
    assert done == "done"


def test_a_world_without_a_namespace_works_and_leaves_nothing_in_run():
    """If namespaces are available, the work runs in one, to protect the system."""
    hello, done = said([*namespace(), sys.executable, "-c", WORK, "without"])
    assert hello.endswith("Hello world!")
    assert done == "done"


SERVER = """
import sys
from pathlib import Path
from applets.catalogue import CARDS
from ifd_bridge.doors.bridge import served
from ifd_bridge.ifdh.server import Server
from readers.models import PINPAD
from readers.reader import CcidReader
reader = CcidReader(PINPAD)
reader.insert(CARDS["pin-dump"](None, {}))
pad = reader.pinpad
pad.on_change = lambda: pad.waiting and print("waiting", flush=True)
with Server(Path(sys.argv[1]), [served(reader)]) as server:
    server.wait_connected(20)
    print("ready", flush=True)
    for line in sys.stdin:
        pad.queue(*line.split())
"""


def readers(path):
    """The readers' process, ready."""
    command, pipes = [sys.executable, "-c", SERVER, str(path)], {"text": True}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, **pipes)


def test_readers_killed_in_a_pin_entry_cost_the_client_an_error_and_come_back(tmp_path_factory):
    directory = tmp_path_factory.mktemp("w")
    path, library = directory / "ifd.sock", directory / "handler.so"
    library.symlink_to(extension("handler"))
    pcscd = Pcscd(directory, [ReaderConf("Pinpad", f"vcard:{path}:0", library)])
    with readers(path) as first:
        pcscd.start()
        try:
            assert first.stdout.readline() == "ready\n"
            with Client({"PCSCLITE_CSOCK_NAME": str(pcscd.socket)}) as client:
                client.wait(PRESENT)
                client.connect()
                client.transmit(SELECT)
                entry = client.later(client.control, VERIFY, verify(TEMPLATE))
                assert first.stdout.readline() == "waiting\n"
                first.kill()
                with pytest.raises(ScardError):
                    entry.result(5.0)
                with readers(path) as second:
                    assert second.stdout.readline() == "ready\n"
                    client.wait(PRESENT)
                    client.connect()
                    client.transmit(SELECT)
                    second.stdin.write("12345678 OK\n")
                    second.stdin.flush()
                    assert client.control(VERIFY, verify(TEMPLATE)) == b"\x90\x00"
                    assert client.transmit(DUMP).hex() == "002000800831323334353637389000"
                    second.kill()
            assert pcscd.running
        finally:
            first.kill()
            pcscd.stop()
