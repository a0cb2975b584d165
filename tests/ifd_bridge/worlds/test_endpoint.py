"""The whole path through the real pcscd, with a small driver in place of the reader."""

import os
import signal
import stat
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from applets.hello import Hello
from applets.pin_dump import PinDump
from ifd_bridge.doors import bridge
from ifd_bridge.doors.bridge import BridgeDoor
from ifd_bridge.ifdh.server import Served
from ifd_bridge.pcscd.bundle import extension
from ifd_bridge.pcscd.daemon import Pcscd, PcscdError, ReaderConf
from ifd_bridge.worlds.endpoint import Endpoint, endpoint
from readers import CcidReader, models
from readers.events import MessageOut
from tests.kits.bridge.kit import END, Driver, Placed, Source, served
from tests.kits.pcsc.program import Program, ask
from vcard import Applet, Card, handles

NAME = "Test Reader"
module = sys.modules["ifd_bridge.worlds.endpoint"]


def test_more_readers_than_pcscd_can_hold_are_refused():
    with pytest.raises(ValueError, match="at most 16"):
        Endpoint(BridgeDoor([Placed(made=Served(Source(slots=2), [Driver(), Driver()]))] * 9))


def test_a_world_that_was_not_entered_has_no_place():
    with pytest.raises(RuntimeError, match="not been entered"):
        _ = Endpoint(BridgeDoor([])).socket
    assert Endpoint(BridgeDoor([])).log == ""


def test_a_directory_too_long_for_a_socket_is_refused(tmp_path):
    world = Endpoint(BridgeDoor([]), directory=tmp_path / ("x" * 100))
    with pytest.raises(ValueError, match="107"), world:
        pass


pcsc = pytest.mark.pcsc


@pytest.fixture
def world(source, driver):
    with Endpoint(BridgeDoor([Placed(made=served(driver, source))])) as world:
        yield world


CONNECT = """
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
def send(*command):
    code, answer = SCardTransmit(card, SCARD_PCI_T1, list(command))
    return [hexed(code), bytes(answer).hex()]
"""


@pcsc
def test_a_client_sees_the_reader_and_talks_to_the_card(world):
    [name, seen, answer, control, vendor, unknown] = ask(
        world.environ,
        CONNECT
        + """
say(reader)
say([hexed(SCardStatus(card)[0]), bytes(SCardStatus(card)[4]).hex(), protocol])
say(send(0, 0xA4, 4, 0))
say(bytes(check(SCardControl(card, SCARD_CTL_CODE(1), [1, 2, 3]))).hex())
say(bytes(check(SCardGetAttrib(card, SCARD_ATTR_VENDOR_NAME))).decode())
say(hexed(SCardGetAttrib(card, SCARD_ATTR_MAXINPUT)[0]))
""",
    )
    assert name == NAME + " 00 00"
    assert seen == ["0x0", "3b8780018065766361726481", 2]
    assert answer == ["0x0", "00a404009000"]
    assert (control, vendor, unknown) == ("010203", "vcard\0", "0x8010001f")


@pcsc
def test_sixty_four_kilobytes_pass_both_ways(world):
    [same] = ask(
        world.environ,
        CONNECT
        + """
command = [0, 0xD6, 0, 0, 0, 0xFF, 0xFF] + [n % 251 for n in range(65535)]
say(check(SCardTransmit(card, SCARD_PCI_T1, command)) == command + [0x90, 0])
""",
    )
    assert same


def listening(pid):
    """The sockets of a process that listen on the network."""
    sockets, found = set(), set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since the directory was read
            sockets.add(str(fd.readlink()).removeprefix("socket:[").removesuffix("]"))
    for table in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path(f"/proc/net/{table}").read_text().splitlines()[1:]
        found |= {f[9] for line in lines if (f := line.split())[3] in ("0A", "07")}
    return sockets & found


@pcsc
def test_the_sockets_are_private_and_nothing_listens_on_the_network(world):
    assert stat.S_IMODE(world.directory.stat().st_mode) == 0o700
    for name in ("pcscd.comm", "ifd.sock"):
        assert stat.S_IMODE((world.directory / name).stat().st_mode) == 0o600
    assert not listening(world.pcscd.pid)
    before = listening(os.getpid())  # other tests may have left something
    with endpoint(CcidReader(models.PLAIN)):
        assert listening(os.getpid()) <= before


@pcsc
@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become another user")
def test_another_user_cannot_connect(world):
    code = (
        "import os, socket, sys; os.setgroups([]); os.setgid(65534); os.setuid(65534);"
        "s = socket.socket(socket.AF_UNIX, getattr(socket, sys.argv[2])); s.connect(sys.argv[1])"
    )
    for name, kind in (("pcscd.comm", "SOCK_STREAM"), ("ifd.sock", "SOCK_SEQPACKET")):
        command = [sys.executable, "-c", code, str(world.directory / name), kind]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert "PermissionError" in done.stderr


@pcsc
def test_the_first_answer_comes_soon_after_the_start(tmp_path):
    before = time.monotonic()
    with Endpoint(BridgeDoor([Placed()])) as world:
        assert time.monotonic() - before < 1.0
        assert ask(world.environ, CONNECT + "say(send(1))") == [["0x0", "019000"]]


@pcsc
def test_leaving_takes_everything_away(source):
    world = Endpoint(BridgeDoor([Placed(made=served(source=source))]))
    with world:
        directory, pid = world.directory, world.pcscd.pid
    world.close()
    assert not directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert source.watchers == [[]]


@pcsc
def test_a_world_that_cannot_start_says_what_pcscd_said(tmp_path, monkeypatch):
    broken = tmp_path / "broken.so"
    broken.write_bytes(b"no library")
    monkeypatch.setattr(bridge, "extension", lambda part: broken)
    monkeypatch.setattr(module, "START_TIMEOUT_S", 0.5)
    with (
        pytest.raises(PcscdError, match="said"),
        Endpoint(BridgeDoor([Placed()], hotplug=False)),
    ):
        pass


MOVES = (
    CONNECT
    + """
first = check(SCardGetStatusChange(ctx, 0, [(reader, SCARD_STATE_UNAWARE)]))[0][1] >> 16
say(first)
for _ in range(int(hear())):
    moves = int(hear())
    say(hexed(settle(reader, int(hear(), 16), first + moves)))
"""
)


@pcsc
def test_every_movement_is_seen_and_counted(world, source):
    with Program(world.environ, MOVES) as client:
        client.hear()
        client.say("4")
        moves = 0
        for _ in range(2):
            for present, state in ((False, "10"), (True, "20")):
                source.move(present=present)
                moves += 1
                client.say(str(moves))
                client.say(state)
                assert client.hear()[-2:] in ("12", "22")


@pcsc
@pytest.mark.parametrize("swaps", [1, 5])
def test_quick_swaps_are_all_counted(world, source, swaps):
    with Program(world.environ, MOVES) as client:
        first = client.hear()
        for _ in range(swaps):
            source.move(present=False)
            source.move(present=True)
        client.say("1")
        client.say(str(2 * swaps))
        client.say("20")
        state = int(client.hear(), 16)
        assert state >> 16 == first + 2 * swaps


@pcsc
def test_after_a_swap_the_old_connection_is_of_a_removed_card(world, source):
    with Program(
        world.environ,
        CONNECT
        + """
first = check(SCardGetStatusChange(ctx, 0, [(reader, SCARD_STATE_UNAWARE)]))[0][1] >> 16
say(send(1))
hear()
settle(reader, SCARD_STATE_PRESENT, first + 2)
say(send(2))
code, _ = SCardReconnect(card, SCARD_SHARE_SHARED, 3, SCARD_LEAVE_CARD)
say([hexed(code), send(3)])
""",
    ) as client:
        assert client.hear()[0] == "0x0"
        source.move(present=False)
        source.move(present=True)
        client.say()
        assert client.hear()[0] == "0x80100069"
        assert client.hear() == ["0x0", ["0x0", "039000"]]


@pcsc
def test_a_card_lost_in_an_apdu_is_no_smart_card_and_the_next_card_works(world, source, driver):
    with Program(
        world.environ,
        CONNECT
        + """
first = check(SCardGetStatusChange(ctx, 0, [(reader, SCARD_STATE_UNAWARE)]))[0][1] >> 16
say(send(0xFF, 1))
hear()
settle(reader, SCARD_STATE_PRESENT, first + 2)
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
say(send(4))
""",
    ) as client:
        assert driver.holding.wait(END)
        source.move(present=False, abandons=True)
        assert client.hear() == ["0x8010000c", ""]
        source.move(present=True)
        client.say()
        assert client.hear() == ["0x0", "049000"]


@pcsc
def test_no_smart_card_is_believed_only_if_presence_agrees(world):
    [lost, after] = ask(world.environ, CONNECT + "say(send(0xFF, 3)); say(send(5))")
    assert lost == ["0x80100016", ""]
    assert after == ["0x0", "059000"]


@pcsc
def test_a_card_that_never_answers_blocks_no_other_reader(source, driver):
    readers = [Placed("Stuck", made=served(driver, source)), Placed("Free")]
    with (
        Endpoint(BridgeDoor(readers)) as world,
        Program(world.environ, CONNECT + "say(send(0xFF, 1))") as stuck,
    ):
        assert driver.holding.wait(END)
        free = ask(
            world.environ,
            "reader = names[1]" + CONNECT + "say([reader, send(1)])",
        )
        assert free == [["Free 01 00", ["0x0", "019000"]]]
        source.move(present=False, abandons=True)
        assert stuck.hear()[0] == "0x8010000c"


@pcsc
def test_a_client_that_is_killed_in_an_apdu_leaves_the_world_working(world, driver):
    with Program(world.environ, CONNECT + "say(send(0xFF, 1))") as client:
        assert driver.holding.wait(END)
        client.process.kill()
    driver.release.set()
    assert ask(world.environ, CONNECT + "say(send(1))") == [["0x0", "019000"]]


@pcsc
def test_when_pcscd_is_killed_the_server_lives_and_serves_the_next(world, source):
    client = CONNECT + "say(send(1)); hear(); say(send(2))"
    with Program(world.environ, client) as lost:
        assert lost.hear() == ["0x0", "019000"]
        os.kill(world.pcscd.pid, signal.SIGKILL)
        assert world.pcscd.wait(END)
        lost.say()
        assert lost.hear()[0] != "0x0"
    conf = [ReaderConf(NAME, f"vcard:{world.directory}/ifd.sock:0", world.directory / "handler.so")]
    again = Pcscd(world.directory, conf)
    again.start()
    try:
        assert ask(world.environ, CONNECT + "say(send(1))") == [["0x0", "019000"]]
    finally:
        again.stop()


SERVER = """
import sys
from pathlib import Path
from ifd_bridge.ifdh.server import Server
from readers import CcidReader, models
from vcard import Applet, Card, handles
from tests.kits.bridge.kit import Driver, served
class Telling(Driver):
    def transmit_to_icc(self, command, protocol):
        if command[:2] == b"\\xff\\x01":
            print("holding", flush=True)
        return super().transmit_to_icc(command, protocol)
with Server(Path(sys.argv[1]), [served(Telling())]) as server:
    server.wait_connected(20)
    print("ready", flush=True)
    sys.stdin.read()
"""


class Readers:
    """The readers' process, which the test kills and starts again."""

    def __init__(self, path):
        self.path = path
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(self.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ready(self):
        assert self.process.stdout.readline() == "ready\n"

    def holding(self):
        assert self.process.stdout.readline() == "holding\n"

    def kill(self):
        self.process.kill()
        self.process.communicate()


@pytest.fixture
def orphan(tmp_path_factory):
    """A pcscd whose readers live in another process."""
    directory = tmp_path_factory.mktemp("w")
    path = directory / "ifd.sock"
    (directory / "handler.so").symlink_to(extension("handler"))
    conf = [ReaderConf(NAME, f"vcard:{path}:0", directory / "handler.so")]
    pcscd = Pcscd(directory, conf)
    readers = Readers(path)
    yield pcscd, readers
    pcscd.stop()
    if readers.process:
        readers.kill()


@pcsc
@pytest.mark.parametrize("busy", [True, False], ids=["in an APDU", "idle"])
def test_when_the_readers_are_killed_clients_get_an_error_and_the_next_ones_work(orphan, busy):
    pcscd, readers = orphan
    readers.start()
    pcscd.start()
    readers.ready()
    environ = {"PCSCLITE_CSOCK_NAME": str(pcscd.socket)}
    code = CONNECT + (
        f"""
import time
first = check(SCardGetStatusChange(ctx, 0, [(reader, SCARD_STATE_UNAWARE)]))[0][1] >> 16
say(send(1))
began = time.monotonic()
if {busy}:
    say(send(0xFF, 1))
else:
    hear()
    settle(reader, SCARD_STATE_EMPTY, first + 1)
    say(send(2))
settle(reader, SCARD_STATE_EMPTY, first + 1)
say(time.monotonic() - began)
hear()
settle(reader, SCARD_STATE_PRESENT, first + 2)
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
say(send(3))
"""
    )
    with Program(environ, code) as client:
        assert client.hear() == ["0x0", "019000"]
        if busy:
            readers.holding()
        readers.kill()
        if not busy:
            client.say()
        assert client.hear()[0] in ("0x8010000c", "0x80100016", "0x80100069", "0x80100017")
        assert client.hear() < 5.0
        readers.start()
        readers.ready()
        client.say()
        assert client.hear() == ["0x0", "039000"]
    assert pcscd.running


class Endless(Applet):
    """INS 01 never returns, INS 02 waits for the test."""

    aid = bytes.fromhex("F076636172640001")

    def __init__(self):
        self.computing = threading.Event()
        self.release = threading.Event()

    @handles(ins=0x01)
    def compute(self, command):
        self.computing.set()
        self.release.wait(END)

    @handles(ins=0x02)
    def echo(self, command):
        return command.data


@pytest.fixture
def endless():
    applet = Endless()
    yield applet
    applet.release.set()


HELLO = "00A404000AA00000006203010C0601"
APDU = (
    CONNECT
    + """
def apdu(text):
    return send(*bytes.fromhex(text))
"""
)


@pcsc
def test_hello_world_through_everything():
    reader = CcidReader(models.PLAIN)
    with endpoint(reader) as pcsc:
        reader.insert(Card(Hello()))
        said = ask(
            pcsc.environ, "settle(reader, 0x20)" + APDU + f"say(apdu('{HELLO}')); say(apdu('00'*5))"
        )
    assert said == [["0x0", "9000"], ["0x0", b"Hello world!".hex() + "9000"]]


@pcsc
def test_two_slots_are_two_readers_that_work_at_the_same_time(endless):
    reader = CcidReader(models.TWO_SLOT)
    reader.insert(Card(endless), 0)
    reader.insert(Card(Hello()), 1)
    stuck = f"{APDU}say(apdu('00A4040008F076636172640001')); say(apdu('00010000'))"
    with endpoint(reader) as pcsc, Program(pcsc.environ, stuck) as client:
        assert client.hear() == ["0x0", "9000"]
        assert endless.computing.wait(END)
        other = f"say(names); reader = names[1]{APDU}say(apdu('{HELLO}'))"
        names, hello = ask(pcsc.environ, other)
        assert (len(names), hello) == (2, ["0x0", "9000"])
        reader.eject(0)
        assert client.hear() == ["0x8010000c", ""]


@pcsc
def test_a_card_that_never_answers_can_be_taken_out_and_the_next_one_works(endless):
    reader = CcidReader(models.PLAIN)
    reader.insert(Card(endless))
    code = f"""{APDU}
say(apdu('00A4040008F076636172640001'))
say(apdu('00010000'))
hear()
settle(reader, 0x20)
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
say(apdu('{HELLO}'))
"""
    with endpoint(reader) as pcsc, Program(pcsc.environ, code) as client:
        assert client.hear() == ["0x0", "9000"]
        assert endless.computing.wait(END)
        reader.eject()
        assert client.hear() == ["0x8010000c", ""]
        reader.insert(Card(Hello()))
        client.say()
        assert client.hear() == ["0x0", "9000"]


VERIFY = "0000820800080402010904000000000D0000000020008008" + "FF" * 8


@pcsc
def test_when_pcscd_is_killed_in_a_pin_entry_the_next_one_finds_the_reader_free():
    reader = CcidReader(models.PINPAD)
    reader.insert(Card(PinDump()))
    asking = threading.Event()

    def watch(event):
        if isinstance(event, MessageOut) and event.message[0] == 0x69:
            asking.set()

    reader.tap = watch
    entry = f"""{APDU}
features = bytes(check(SCardControl(card, SCARD_CTL_CODE(3400), [])))
code = int.from_bytes(next(features[n + 2:n + 6] for n in range(0, len(features), 6)
                           if features[n] == 6), "big")
say(hex(code))
SCardControl(card, code, list(bytes.fromhex('{VERIFY}')))
"""
    with endpoint(reader) as pcsc:
        with Program(pcsc.environ, entry) as client:
            client.hear()
            assert asking.wait(END)
            os.kill(pcsc.pcscd.pid, signal.SIGKILL)
            assert pcsc.pcscd.wait(END)
        device = f"vcard:{pcsc.directory}/ifd.sock:0"
        conf = [ReaderConf(reader.model.name, device, pcsc.directory / "handler.so")]
        again = Pcscd(pcsc.directory, conf)
        again.start()
        try:
            assert ask(pcsc.environ, APDU + "say(apdu('00A4040006A00000001800'))")[0][0] == "0x0"
        finally:
            again.stop()


FULL_WORLD = """
import sys, resource
from applets.hello import Hello
from ifd_bridge import endpoint
from readers import CcidReader, models
from vcard import Card
readers = [CcidReader(models.PLAIN) for _ in range(16)]
for reader in readers:
    reader.insert(Card(Hello()))
with endpoint(*readers) as pcsc:
    print(pcsc.socket, pcsc.pcscd.pid, flush=True)
    sys.stdin.read()
"""

ASK_ALL = f"""
found = []
for reader in names:
    settle(reader, 0x20)
    card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
    found.append(check(SCardTransmit(card, SCARD_PCI_T1, list(bytes.fromhex('{HELLO}')))))
    SCardDisconnect(card, SCARD_LEAVE_CARD)
say([len(names), found == [[0x90, 0]] * len(names)])
"""


def ticks(pid):
    """The processor time that a process has used, in ticks of 10 ms."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


@pcsc
@pytest.mark.slow
def test_sixteen_worlds_of_sixteen_readers_all_answer_and_idle_without_work():
    worlds = [
        subprocess.Popen(
            [sys.executable, "-c", FULL_WORLD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(16)
    ]
    try:
        said = [world.stdout.readline().split() for world in worlds]
        clients = [Program({"PCSCLITE_CSOCK_NAME": path}, ASK_ALL) for path, _ in said]
        answers = []
        for client in clients:
            with client:
                answers.append(client.hear())
        assert answers == [[16, True]] * 16
        pids = [*(world.pid for world in worlds), *(int(pid) for _, pid in said)]
        before = sum(map(ticks, pids))
        threading.Event().wait(1.0)  # a second without a request
        assert sum(map(ticks, pids)) - before <= 5
    finally:
        for world in worlds:
            world.stdin.close()
        for world in worlds:
            world.wait(END)
            world.stdout.close()
