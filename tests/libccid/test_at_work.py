"""Slow and disappearing cards, users and readers, with both drivers."""

import threading
from dataclasses import replace

import pytest

from applets.pin_dump import PinDump
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from readers.events import MessageIn, MessageOut
from readers.models import at_level
from readers.pinpad.entry import CANCEL
from tests.kits.pcsc.program import END, Program
from vcard import Applet, Card, handles

pytestmark = [pytest.mark.pcsc, pytest.mark.libccid]

SHORT_WAIT = bytes.fromhex("3B8081211131")
"""T=1 with a block waiting time of 1.8 s."""
WORKING = "work on"
CLIENT = """
settle(reader, SCARD_STATE_PRESENT)
card, active = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))
pci = SCARD_PCI_T0 if active == 1 else SCARD_PCI_T1
def send(text, card=card):
    code, answer = SCardTransmit(card, pci, list(bytes.fromhex(text)))
    return [hexed(code), bytes(answer).hex()]
def control(code, text):
    code, answer = SCardControl(card, code, list(bytes.fromhex(text)))
    return [hexed(code), bytes(answer).hex()]
"""
VERIFY = "%02x 1e 82 08 00 08 04 02 01 09 04 00 00 00 00 0d 00 00 00 00200080 08 ffffffffffffffff"
SELECT = f"00A4040007{PinDump.aid.hex()}"
VERIFY_PIN = 0x42330006
GONE = {
    "0x80100009",
    "0x80100011",
    "0x80100016",
    "0x80100017",
    "0x80100069",
    "0x8010002f",
    "0x8010000c",
}


class Slow(Applet):
    """Computes until the test stops it."""

    aid = bytes.fromhex("F07663617264AA")

    def __init__(self):
        self.started, self.go = threading.Event(), threading.Event()

    @handles(ins=0x01)
    def compute(self, command):
        self.started.set()
        assert self.go.wait(END)

    @handles(ins=0x02)
    def greet(self, command):
        return b"hi"


@pytest.fixture(params=["bridge", "libccid"])
def driver(request):
    return request.param


@pytest.fixture
def slow():
    applet = Slow()
    yield applet
    applet.go.set()


def tpdu(model):
    return at_level(model, ExchangeLevel.TPDU)


@pytest.mark.slow
@pytest.mark.parametrize("model", [models.PLAIN, tpdu(models.PLAIN)], ids=["APDU", "TPDU"])
def test_a_card_may_take_longer_than_its_waiting_time(driver, model):
    reader = CcidReader(model)
    reader.insert(Card(PinDump(), atr=SHORT_WAIT))
    code = CLIENT + f"say([send({SELECT!r}), send('80380003')])"
    with endpoint(reader, driver=driver) as pcsc, Program(pcsc.environ, code) as client:
        assert client.hear() == [["0x0", "9000"]] * 2


def test_code_that_computes_for_long_is_waited_for(slow):
    reader = CcidReader(models.PLAIN)
    reader.insert(Card(slow, atr=SHORT_WAIT, default=slow))
    extensions = []

    def tap(event):
        if isinstance(event, MessageIn) and event.message[7] & 0xC0 == 0x80:
            extensions.append(event)
            if len(extensions) == 3:
                slow.go.set()

    reader.tap = tap
    code = CLIENT + "say(send('00010000'))"
    with endpoint(reader, driver="libccid") as pcsc, Program(pcsc.environ, code) as client:
        assert client.hear() == ["0x0", "9000"]
    assert len(extensions) == 3


@pytest.mark.parametrize("model", [models.PLAIN, tpdu(models.PLAIN)], ids=["APDU", "TPDU"])
def test_a_card_taken_out_in_the_middle_of_a_command(driver, slow, model):
    reader = CcidReader(model)
    reader.insert(Card(slow, default=slow))
    again = "\nsay('again')\nhear()\nsettle(reader, SCARD_STATE_PRESENT)\n"
    again += "SCardDisconnect(card, SCARD_RESET_CARD)\n"
    again += "card, active = check(SCardConnect(ctx, reader, SCARD_SHARE_SHARED, 3))\n"
    again += "say(send('0002000000', card))"
    code = CLIENT + "say(send('00010000'))\nsettle(reader, SCARD_STATE_EMPTY)" + again
    with endpoint(reader, driver=driver) as pcsc, Program(pcsc.environ, code) as client:
        assert slow.started.wait(END)
        reader.eject()
        assert client.hear()[0] in GONE
        assert client.hear() == "again"
        fresh = Slow()
        reader.insert(Card(fresh, default=fresh))
        client.say()
        assert client.hear() == ["0x0", b"hi".hex() + "9000"]


COMPANY = """
while reader not in names:
    names = check(SCardListReaders(ctx, []))
"""
AWAY = """
code, state = SCARD_S_SUCCESS, SCARD_STATE_UNAWARE
while code == SCARD_S_SUCCESS and not state & SCARD_STATE_UNKNOWN:
    code, [(_, state, _)] = SCardGetStatusChange(ctx, 20000, [(reader, state)])
say(hexed(code) in ("0x0", "0x80100009"))
"""


def test_a_reader_unplugged_in_the_middle_of_a_command(driver, slow):
    """While pcscd still removes a reader it lists it, but refuses to connect to it (80100017)."""
    reader = CcidReader(models.PLAIN)
    reader.insert(Card(slow, default=slow))
    code = CLIENT + "say(send('00010000'))\nsay(send('00020000'))" + AWAY
    again = f"reader = 'Virtual Reader 00 00'{COMPANY}{CLIENT}say(send('0002000000'))"
    readers = [reader, CcidReader(models.PINPAD)]
    with endpoint(*readers, driver=driver) as pcsc, Program(pcsc.environ, code) as client:
        assert slow.started.wait(END)
        pcsc.unplug(0)
        assert client.hear()[0] in GONE
        assert client.hear()[0] in GONE
        slow.go.set()
        assert client.hear()
        pcsc.plug(0)
        with Program(pcsc.environ, again) as later:
            assert later.hear() == ["0x0", b"hi".hex() + "9000"]


def at_the_keypad(reader):
    """An event for the moment when keys may be pressed."""
    asked = threading.Event()

    def tap(event):
        if isinstance(event, MessageOut) and event.message[0] == 0x69:
            asked.set()

    reader.tap = tap
    return asked


def test_a_reader_unplugged_while_a_pin_is_typed(driver):
    reader = CcidReader(models.PINPAD)
    reader.insert(Card(PinDump()))
    asked = at_the_keypad(reader)
    code = CLIENT + f"send({SELECT!r})\nsay(control({VERIFY_PIN}, {VERIFY % 30!r}))"
    with endpoint(reader, driver=driver) as pcsc, Program(pcsc.environ, code) as client:
        assert asked.wait(END)
        pcsc.unplug(0)
        assert client.hear()[0] in GONE


@pytest.mark.parametrize("level", [ExchangeLevel.EXTENDED_APDU, ExchangeLevel.TPDU])
def test_a_pin_entry_that_times_out_or_is_cancelled(driver, level):
    reader = CcidReader(at_level(models.PINPAD, level))
    reader.insert(Card(PinDump()))
    code = CLIENT + f"send({SELECT!r})\nsay(control({VERIFY_PIN}, {VERIFY % 1!r}))"
    code += f"\nhear()\nsay(control({VERIFY_PIN}, {VERIFY % 30!r}))"
    with endpoint(reader, driver=driver) as pcsc, Program(pcsc.environ, code) as client:
        assert client.hear() == ["0x0", "6400"]
        reader.pinpad.queue("12", CANCEL)
        client.say()
        assert client.hear() == ["0x0", "6401"]


BOTH = """
def connect(name):
    ctx = check(SCardEstablishContext(SCARD_SCOPE_USER))
    settle(name, SCARD_STATE_PRESENT)
    return check(SCardConnect(ctx, name, SCARD_SHARE_SHARED, 2))[0]
cards = [connect(name) for name in names[:2]]
found = {}
def talk(number, text):
    found[number] = bytes(check(SCardTransmit(cards[number], SCARD_PCI_T1, text))).hex()
first = threading.Thread(target=talk, args=(0, [0, 1, 0, 0]))
first.start()
hear()
talk(1, [0, 2, 0, 0, 0])
first.join()
say([found[0], found[1]])
"""


@pytest.mark.parametrize("busy", [1, 2])
def test_slots_work_side_by_side_as_far_as_the_reader_lets_them(driver, slow, busy):
    descriptor = replace(models.TWO_SLOT.descriptor, bMaxCCIDBusySlots=busy)
    reader = CcidReader(replace(models.TWO_SLOT, descriptor=descriptor))
    other = Slow()
    reader.insert(Card(slow, default=slow), 0)
    reader.insert(Card(other, default=other), 1)
    beside = threading.Event()

    def tap(event):
        if isinstance(event, MessageIn) and event.slot == 1 and event.message[10:12] == b"hi":
            beside.set()

    reader.tap = tap
    with endpoint(reader, driver=driver) as pcsc, Program(pcsc.environ, BOTH) as client:
        assert slow.started.wait(END)
        client.say()
        assert beside.wait(END if busy == 2 else 0.3) == (busy == 2)
        slow.go.set()
        assert client.hear() == ["9000", b"hi".hex() + "9000"]
