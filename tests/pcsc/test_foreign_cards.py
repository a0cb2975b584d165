"""Our cards in Debian's vpcd, foreign cards in our readers, through real pcscds."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from applets.hello import Hello
from applets.pin_dump import PinDump
from ifd_bridge.cards.vpcd import ForeignSlot, serve
from ifd_bridge.cards.vpcd.connection import listener
from ifd_bridge.pcscd.daemon import Pcscd, ReaderConf
from ifd_bridge.worlds.endpoint import endpoint
from ifd_bridge.worlds.world import World, private
from readers import CcidReader, models
from tests.kits.pcsc.program import ask
from vcard import Card

pytestmark = pytest.mark.pcsc
VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so")
VICC = shutil.which("vicc")
needs_vpcd = pytest.mark.skipif(not VPCD.exists(), reason="vsmartcard-vpcd is not installed")

TALK = f"""
settle(reader, SCARD_STATE_PRESENT)
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
pci = SCARD_PCI_T0 if protocol == 1 else SCARD_PCI_T1
def send(text):
    return bytes(check(SCardTransmit(card, pci, list(bytes.fromhex(text))))).hex()
hello, dump = "00A404000A{Hello.aid.hex()}", "00A4040007{PinDump.aid.hex()}"
say([send(text) for text in (hello, "00000000", dump, "0020008004313233FF", "00400000ff")])
"""
ANSWERS = ["9000", b"Hello world!".hex() + "9000", "9000", "6a03", "0020008004313233ff9000"]


def both():
    return Card(Hello(), PinDump())


@pytest.fixture
def vpcd(tmp_path):
    """Debian's vpcd in a pcscd of its own; the port where it waits, or None for reversed mode."""
    started = []

    def start(device):
        library = tmp_path / VPCD.name
        shutil.copy(VPCD, library)
        pcscd = Pcscd(tmp_path, [ReaderConf("Virtual PCD", device, library)])
        pcscd.start()
        started.append(pcscd)
        return {"PCSCLITE_CSOCK_NAME": str(pcscd.socket)}

    yield start
    for pcscd in started:
        pcscd.stop()


def free_port(count=1):
    """The first of `count` free ports in a row."""
    while True:
        with contextlib.ExitStack() as held, contextlib.suppress(OSError, OverflowError):
            first = held.enter_context(listener("127.0.0.1", 0)).getsockname()[1]
            for more in range(1, count):
                held.enter_context(listener("127.0.0.1", first + more))
            return first


@pytest.fixture
def in_thread():
    stop, threads = threading.Event(), []

    def start(target, *args, **kwargs):
        threads.append(threading.Thread(target=target, args=args, kwargs=kwargs | {"stop": stop}))
        threads[-1].start()

    yield start
    stop.set()
    for thread in threads:
        thread.join(10)


def connect_again(card, port, stop):
    """Be a card in a vpcd that may not listen yet."""
    while not stop.is_set():
        with contextlib.suppress(ConnectionRefusedError):
            return serve(card, "127.0.0.1", port, stop=stop)
        stop.wait(0.02)
    return None


@needs_vpcd
def test_our_card_connects_to_debians_vpcd(vpcd, in_thread):
    port = free_port()
    environ = vpcd(f"/dev/null:{port:#x}")
    in_thread(connect_again, both(), port)
    assert ask(environ, TALK) == [ANSWERS]


@needs_vpcd
def test_debians_vpcd_connects_to_our_card(vpcd, in_thread):
    port = free_port(2)
    for slot in (0, 1):  # vpcd has two slots, and crashes if no card waits for the second one
        in_thread(serve, both(), "127.0.0.1", port + slot, listen=True)
    environ = vpcd(f"localhost:{port:#x}")
    assert ask(environ, TALK) == [ANSWERS]


@pytest.mark.parametrize("listens", [True, False], ids=["listening", "connecting"])
def test_a_foreign_card_in_our_reader_answers_as_in_vpcd(in_thread, listens):
    reader = CcidReader(models.PINPAD)
    port = free_port()
    foreign = ForeignSlot("127.0.0.1", port, listen=listens)
    foreign.attach(reader)
    with endpoint(reader) as pcsc:
        if listens:
            in_thread(serve, both(), "127.0.0.1", port)
        else:
            in_thread(serve, both(), "127.0.0.1", port, listen=True)
        assert ask(pcsc.environ, TALK) == [ANSWERS]
        foreign.close()


def test_a_card_that_ends_when_nobody_is_there_can_be_ejected_and_inserted(in_thread):
    """Like jCardSim: the card has one connection, and ends with it."""
    port = free_port()
    with World([("pinpad", f"vpcd:listen:{port}")], host=private(for_this_process=False)) as world:
        in_thread(serve, both(), "127.0.0.1", port)
        world.wait("card")
        for _ in range(2):
            world.eject()
            world.wait("no-card")
            world.insert()
            world.wait("card")
        assert ask({**os.environ, **world.environ}, TALK) == [ANSWERS]
        world.eject()
        world.insert("hello")  # the foreign card's connection ends


@pytest.mark.skipif(VICC is None, reason="vsmartcard-vpicc is not installed")
def test_debians_vicc_is_a_card_in_our_reader():
    pytest.importorskip("Crypto", reason="vicc needs pycryptodome")
    reader = CcidReader(models.PLAIN)
    foreign = ForeignSlot("127.0.0.1", 0)
    foreign.attach(reader)
    command = [sys.executable, VICC, "-t", "iso7816", "-H", "127.0.0.1", "-P", str(foreign.port)]
    vicc = subprocess.Popen(
        command,
        env={"PYTHONPATH": "/usr/lib/python3/site-packages/virtualsmartcard"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    code = """
settle(reader, SCARD_STATE_PRESENT)
card, protocol = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
pci = SCARD_PCI_T0 if protocol == 1 else SCARD_PCI_T1
say(bytes(check(SCardTransmit(card, pci, [0, 0xA4, 0, 12, 2, 0x3F, 0]))).hex())
"""
    try:
        with endpoint(reader) as pcsc:
            assert ask(pcsc.environ, code) == ["9000"]
    finally:
        vicc.kill()
        vicc.wait(10)
        foreign.close()


class Echo:
    """A card that answers each command with itself and its own name."""

    def __init__(self, name):
        self.name = name

    def power_up(self):
        return b"\x3b\x80\x01\x81"

    def power_down(self):
        pass

    def exchange(self, command, port=None):
        return command + self.name + b"\x90\x00"


def test_two_foreign_cards_never_mix(in_thread):
    reader = CcidReader(models.TWO_SLOT)
    slots = [ForeignSlot("127.0.0.1", 0) for _ in range(2)]
    for number, foreign in enumerate(slots):
        foreign.attach(reader, number)
        in_thread(serve, Echo(bytes([number])), "127.0.0.1", foreign.port)
    code = """
def talk(number):
    ctx = check(SCardEstablishContext(SCARD_SCOPE_USER))
    card, protocol = check(SCardConnect(ctx, names[number], SCARD_SHARE_SHARED, 3))
    wrong = 0
    for n in range(2500):
        sent = [0, n & 255, n >> 8, number]
        wrong += check(SCardTransmit(card, SCARD_PCI_T1, sent)) != sent + [number, 0x90, 0]
    said.append(wrong)
said = []
for name in names[:2]:
    settle(name, SCARD_STATE_PRESENT)
threads = [threading.Thread(target=talk, args=(number,)) for number in (0, 1)]
[t.start() for t in threads]
[t.join() for t in threads]
say(said)
"""
    with endpoint(reader) as pcsc:
        assert ask(pcsc.environ, code) == [[0, 0]]
        for foreign in slots:
            foreign.close()
