"""Misbehaving foreign cards: the client gets an error in time, and other readers keep working."""

import socket
import threading

import pytest

from applets.hello import Hello
from ifd_bridge.cards.vpcd import ForeignSlot
from ifd_bridge.cards.vpcd.connection import PeerError, Stream
from ifd_bridge.cards.vpcd.messages import message
from ifd_bridge.worlds.endpoint import endpoint
from readers import CcidReader, models
from tests.kits.pcsc.program import ask
from vcard import Card

pytestmark = pytest.mark.pcsc

SILENCE_S = 1.0
ATR = message(b"\x3b\x80\x01\x81")
OK = message(b"\x90\x00")

ANSWERS = {
    "nothing at all": message(b""),
    "one byte": message(b"\x90"),
    "a cut answer": OK[:3],
    "a length and no more": b"\xff\xff\x00",
    "silence": b"",
    "a close": None,
}
ATRS = {
    "no bytes": message(b""),
    "33 bytes": message(b"\x3b" + bytes(32)),
    "200 bytes": message(bytes(200)),
    "silence": b"",
    "a close": None,
}

TALK = """
import time
victim, other = names
result, card, protocol = SCardConnect(ctx, victim, SCARD_SHARE_SHARED, 3)
slowest, stop = [0.0], threading.Event()
def neighbour():
    ctx = check(SCardEstablishContext(SCARD_SCOPE_USER))
    card, protocol = check(SCardConnect(ctx, other, SCARD_SHARE_SHARED, 3))
    while not stop.is_set():
        start = time.perf_counter()
        check(SCardTransmit(card, SCARD_PCI_T1, [0, 0xA4, 4, 0, 10, *AID]))
        slowest[0] = max(slowest[0], time.perf_counter() - start)
thread = threading.Thread(target=neighbour)
thread.start()
start = time.perf_counter()
answer = b""
if not result:
    result, answer = SCardTransmit(card, SCARD_PCI_T1, [0, 0xB0, 0, 0])
took = time.perf_counter() - start
stop.set()
thread.join()
say([hexed(result), bytes(answer).hex(), took, slowest[0]])
"""


def behave(port, atr, answer):
    """Connect, send a good ATR to be admitted, then prepared bytes; None closes."""
    sock = socket.create_connection(("127.0.0.1", port), 10)
    stream = Stream(sock)
    try:
        stream.receive(20)
        stream.send(ATR[2:])
        while True:
            asked = stream.receive(20)
            raw = atr if asked == b"\x04" else answer if len(asked) > 1 else b""
            for part in raw if isinstance(raw, tuple) else (raw,):
                if part is None:
                    return
                sock.sendall(part)
    except (PeerError, OSError):
        pass
    finally:
        stream.close()


def meet(atr, answer):
    readers = [CcidReader(models.PLAIN), CcidReader(models.PLAIN)]
    readers[1].insert(Card(Hello()))
    foreign = ForeignSlot("127.0.0.1", 0, timeout_s=SILENCE_S)
    inserted = threading.Event()

    class Slots:
        def insert(self, card, slot=0):
            readers[0].insert(card, slot)
            inserted.set()

        eject = staticmethod(readers[0].eject)

    foreign.attach(Slots())
    peer = threading.Thread(target=behave, args=(foreign.port, atr, answer))
    peer.start()
    assert inserted.wait(10)
    with endpoint(*readers) as pcsc:
        [said] = ask(pcsc.environ, f"AID = bytes.fromhex('{Hello.aid.hex()}')" + TALK)
        foreign.close()
    peer.join(30)
    return said


@pytest.mark.parametrize("name", ANSWERS)
def test_a_bad_answer_is_an_error_in_time(name):
    result, answer, took, neighbours = meet(ATR, ANSWERS[name])
    assert result != "0x0"
    assert answer == ""
    assert took < SILENCE_S + 1.5
    assert neighbours < SILENCE_S / 2, "another reader was held up"


@pytest.mark.parametrize("cut", range(len(OK)))
def test_a_close_at_every_byte_is_an_error(cut):
    result, answer, took, _ = meet(ATR, (OK[:cut], None))
    assert (result != "0x0", answer) == (True, "")
    assert took < SILENCE_S + 1.5


@pytest.mark.parametrize("name", ATRS)
def test_a_bad_atr_is_an_error_in_time(name):
    result, _, took, neighbours = meet(ATRS[name], OK)
    assert result != "0x0" or name == "33 bytes"
    assert took < SILENCE_S + 1.5
    assert neighbours < SILENCE_S / 2, "another reader was held up"


def test_a_doubled_answer_is_no_later_success():
    code = TALK.replace(
        "took =",
        "result, answer = SCardTransmit(card, SCARD_PCI_T1, [0, 0xB1, 0, 0]); took =",
    )
    readers = [CcidReader(models.PLAIN), CcidReader(models.PLAIN)]
    readers[1].insert(Card(Hello()))
    foreign = ForeignSlot("127.0.0.1", 0, timeout_s=SILENCE_S)
    foreign.attach(readers[0])
    peer = threading.Thread(target=behave, args=(foreign.port, ATR, OK * 2))
    peer.start()
    with endpoint(*readers) as pcsc:
        first = f"AID = bytes.fromhex('{Hello.aid.hex()}'); settle(names[0], SCARD_STATE_PRESENT)\n"
        [[result, answer, *_]] = ask(pcsc.environ, first + code)
        foreign.close()
    peer.join(30)
    assert result != "0x0"
    assert answer == ""
