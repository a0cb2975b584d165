"""Each fault through the real pcscd, and the PC/SC error that its client sees."""

import subprocess
import sys

import pytest

from ifd_bridge.worlds.world import World, private
from ifd_bridge.worlds.wrapping import faulty
from tests.kits.pcsc.program import ask

pytestmark = pytest.mark.pcsc

OK, REMOVED, NO_CARD = "0x0", "0x80100069", "0x8010000c"
NOT_TRANSACTED, UNPOWERED = "0x80100016", "0x80100067"
GREETING = b"Hello world!".hex() + "9000"

TALK = """
settle(reader, SCARD_STATE_PRESENT)
result, card, protocol = SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3)
if result:
    say([hexed(result), ""])
    sys.exit()
pci = SCARD_PCI_T0 if protocol == 1 else SCARD_PCI_T1
check(SCardTransmit(card, pci, list(bytes.fromhex("00A404000AA00000006203010C0601"))))
result, answer = SCardTransmit(card, pci, [0, 0, 0, 0])
say([hexed(result), bytes(answer).hex()])
"""


@pytest.mark.parametrize(
    ("fault", "result", "answer"),
    [
        ("ins=00:mute", NOT_TRANSACTED, ""),
        ("ins=00:delay=1.2", OK, GREETING),
        ("ins=00:status=6F00", OK, "6f00"),
        ("ins=00:answer=6A82", OK, "6a82"),
        ("ins=00:cut=3", OK, "48656c"),
        ("ins=00:cut=1", OK, "48"),
        ("ins=00:remove", NO_CARD, ""),
        ("ins=00:reset", NOT_TRANSACTED, ""),
        ("ins=00:oversize=65538", OK, None),
        ("ins=00:oversize=70000", NOT_TRANSACTED, ""),
        ("atr=3B00", OK, GREETING),
        ("atr=", UNPOWERED, ""),
    ],
)
def test_what_the_client_sees(fault, result, answer):
    with World([("plain", "hello")], wrappers=[faulty([fault])]) as world:
        [[code, got]] = ask(world.environ, TALK)
    assert code == result
    assert answer is None or got == answer


BLOCKS = "gemalto-pc-twin"
UNRESPONSIVE = "0x80100066"


@pytest.mark.parametrize(
    ("fault", "model", "result", "answer"),
    [
        ("power-up:mute", "plain", UNPOWERED, ""),
        ("power-up,nth=1:mute", "plain", OK, GREETING),
        ("power-up=cold:answer=3B00", "plain", OK, GREETING),
        ("pps:refuse", BLOCKS, UNRESPONSIVE, ""),
        ("block:mute", BLOCKS, UNRESPONSIVE, ""),
        ("block,nth=3,count=99:raw=00820000", BLOCKS, NOT_TRANSACTED, ""),
        ("block=2:raw=00820082", BLOCKS, OK, GREETING),
    ],
)
def test_what_the_client_sees_of_faults_below_the_apdu(fault, model, result, answer):
    with World([(model, "hello")], wrappers=[faulty([fault])]) as world:
        [[code, got]] = ask(world.environ, TALK)
    assert (code, got) == (result, answer)


@pytest.mark.parametrize(
    ("faults", "result", "answer"),
    [
        ("reader,nth=3:error", NOT_TRANSACTED, ""),
        ("usb,nth=3:reset", NOT_TRANSACTED, ""),
    ],
)
def test_what_the_client_sees_of_faults_of_the_reader(faults, result, answer):
    with World([("plain", "hello")]) as world:
        world.places[0].break_by([faults])
        [[code, got]] = ask(world.environ, TALK)
    assert (code, got) == (result, answer)


CONTROL = """
settle(reader, SCARD_STATE_PRESENT)
result, card, protocol = SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3)
result, answer = SCardControl(card, SCARD_CTL_CODE(1), [1, 2, 3])
say([hexed(result), bytes(answer).hex()])
"""


def test_an_escape_fails_on_purpose():
    open_to_escapes = private("bridge?ifdDriverOptions=1")
    with World([("plain?escapes=010203:9000", "hello")], host=open_to_escapes) as world:
        [[whole, _]] = ask(world.environ, CONTROL)
        world.places[0].break_by(["control:error"])
        [[broken, _]] = ask(world.environ, CONTROL)
    assert (whole, broken) == (OK, NOT_TRANSACTED)


def test_a_fault_below_the_apdu_needs_a_reader_that_shows_blocks():
    with pytest.raises(ValueError, match="the fault 'pps:refuse': this reader hides"):
        World([("plain", "hello")], wrappers=[faulty(["pps:refuse"])]).__enter__()


def test_hostile_answers_harm_nobody():
    code = TALK.replace("result, answer = ", "for _ in range(50): result, answer = ")
    with World([("plain", "hello")], wrappers=[faulty(["ins=00:hostile"], seed=3)]) as world:
        assert len(ask(world.environ, code)) == 1
        assert len(ask(world.environ, code)) == 1


def vcard(*args, timeout=60):
    return subprocess.run(
        [sys.executable, "-m", "ifd_bridge.cli", *args],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


CLIENT = """
from smartcard.System import readers
card = readers()[0].createConnection()
card.connect()
for text in ("00A404000AA00000006203010C0601", "00000000", "00A4040006A000000018FF"):
    print(card.transmit(list(bytes.fromhex(text))))
"""


def test_a_recording_is_a_regression_test_in_one_line(tmp_path):
    file, client = tmp_path / "hello.txt", [sys.executable, "-c", CLIENT]
    recorded = vcard("run", "--record", str(file), "--card", "hello?with=pin-dump", "--", *client)
    assert recorded.returncode == 0, recorded.stderr
    replayed = vcard("run", "--card", f"replay:{file}", "--", *client)
    assert (replayed.returncode, replayed.stdout) == (0, recorded.stdout)
    changed = [sys.executable, "-c", CLIENT.replace('"00000000"', '"00010000"')]
    departed = vcard("run", "--card", f"replay:{file}", "--", *changed)
    assert departed.returncode == 1
    assert "command 2: expected 00 00 00 00, got 00 01 00 00" in departed.stderr


def test_a_trace_tells_that_a_fault_struck(tmp_path):
    trace = tmp_path / "trace.txt"
    client = [sys.executable, "-c", CLIENT]
    fault = "ins=00:status=6F00"
    vcard("run", "--trace", str(trace), "--fault", fault, "--card", "hello", "--", *client)
    assert "= fault  ?? 00 ...: status 6F00" in trace.read_text()
