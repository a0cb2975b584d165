"""Another program's virtual card in our reader."""

import queue
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from applets.hello import Hello
from ifd_bridge.cards.vpcd import ForeignCard, ForeignSlot, serve
from ifd_bridge.cards.vpcd import foreign as module
from ifd_bridge.cards.vpcd.connection import Stream, listener
from ifd_bridge.cards.vpcd.messages import message
from vcard import DEFAULT_ATR, Card

SELECT = bytes.fromhex("00A404000AA00000006203010C0601")
ATR_OK = message(b"\x3b\x00")
ASK = message(b"\4")


class Reader:
    """Records the movements in a slot, in order."""

    def __init__(self):
        self.moves = queue.Queue()

    def insert(self, card, slot=0):
        self.moves.put(card)

    def eject(self, slot=0):
        self.moves.put(None)

    def next(self):
        return self.moves.get(timeout=5)


@pytest.fixture
def slot():
    foreign, reader = ForeignSlot(port=0, timeout_s=5), Reader()
    foreign.attach(reader)
    yield foreign, reader
    foreign.close()


def connect(foreign):
    """Connect a card, and answer the request for its ATR."""
    peer = socket.create_connection(("127.0.0.1", foreign.port), 5)
    greet(peer)
    return peer


def greet(peer):
    assert peer.recv(3, socket.MSG_WAITALL) == ASK
    peer.sendall(ATR_OK)


def test_a_card_is_inserted_when_it_connects_and_ejected_when_it_goes(slot):
    foreign, reader = slot
    peer = connect(foreign)
    assert isinstance(reader.next(), ForeignCard)
    peer.close()
    assert reader.next() is None


def test_the_next_card_gets_the_slot_when_the_first_one_is_gone(slot):
    foreign, reader = slot
    for _ in range(3):
        peer = connect(foreign)
        assert isinstance(reader.next(), ForeignCard)
        peer.close()
        assert reader.next() is None


def test_a_card_that_is_taken_out_stays_connected_and_comes_back(slot):
    foreign, reader = slot
    peer = connect(foreign)
    card = reader.next()
    foreign.withdraw()
    assert reader.next() is None
    assert foreign.put_back()
    assert reader.next() is card
    peer.close()
    assert reader.next() is None


def test_a_slot_that_is_to_be_empty_stays_so_whoever_comes(slot):
    foreign, reader = slot
    foreign.withdraw()
    first = connect(foreign)
    first.close()
    second = connect(foreign)
    assert reader.moves.empty()
    assert foreign.put_back()
    assert isinstance(reader.next(), ForeignCard)
    second.close()
    assert reader.next() is None
    assert reader.moves.empty()


def test_a_slot_that_is_closed_has_no_card_to_put_back(slot):
    foreign, _ = slot
    foreign.close()
    assert not foreign.put_back()


def test_a_second_card_is_refused_and_not_left_waiting(slot, caplog):
    foreign, reader = slot
    first = connect(foreign)
    reader.next()
    second = socket.create_connection(("127.0.0.1", foreign.port), 5)
    assert second.recv(1) == b""
    assert "the slot is taken" in caplog.text
    first.close()


def test_closing_ejects_the_card():
    foreign, reader = ForeignSlot(port=0), Reader()
    foreign.attach(reader)
    peer = connect(foreign)
    reader.next()
    foreign.close()
    assert reader.next() is None
    assert peer.recv(1) == b""


def test_a_slot_connects_to_a_card_that_listens():
    with listener("127.0.0.1", 0) as card:
        foreign, reader = ForeignSlot("127.0.0.1", card.getsockname()[1], listen=False), Reader()
        foreign.attach(reader)
        peer, _ = card.accept()
        greet(peer)
        assert isinstance(reader.next(), ForeignCard)
        foreign.close()
        assert reader.next() is None
        peer.close()


def test_a_slot_that_is_closed_does_not_connect_again():
    with listener("127.0.0.1", 0) as card:
        foreign, reader = ForeignSlot("127.0.0.1", card.getsockname()[1], listen=False), Reader()
        foreign.attach(reader)
        with card.accept()[0] as peer:
            greet(peer)
            reader.next()
            foreign.close()
        assert reader.next() is None
        assert reader.moves.empty()


def test_a_slot_waits_for_a_card_that_does_not_listen_yet():
    with listener("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    foreign = ForeignSlot("127.0.0.1", port, listen=False)
    assert foreign.port == port
    foreign.attach(Reader())
    foreign.close()


def test_our_own_card_works_through_both_ends(slot):
    foreign, reader = slot
    stop = threading.Event()
    thread = threading.Thread(
        target=serve, args=(Card(Hello()), "127.0.0.1", foreign.port), kwargs={"stop": stop}
    )
    thread.start()
    card = reader.next()
    assert card.power_up() == DEFAULT_ATR
    assert card.exchange(SELECT) == b"\x90\x00"
    assert card.exchange(bytes(4)) == b"Hello world!\x90\x00"
    assert card.power_up() == DEFAULT_ATR
    assert card.exchange(bytes(4)) == b"\x6d\x00"
    card.power_down()
    stop.set()
    thread.join(5)


def script(peer, *answers):
    """Answer each ATR question and command by the next bytes; None closes."""

    def run():
        stream = Stream(peer)
        for raw in answers:
            while len(stream.receive(5)) == 1 and raw is not answers[0]:
                pass
            if raw is answers[0]:
                stream.receive(5)
            if raw is None:
                break
            peer.sendall(raw)
        if answers[-1] is None:
            stream.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("atr", "seen"),
    [
        (message(b""), None),
        (message(bytes(33)), bytes(33)),
        (message(bytes(34)), None),
        (message(bytes(200)), None),
        (None, None),
    ],
)
def test_an_atr_of_a_wrong_size_is_none(slot, atr, seen):
    foreign, reader = slot
    peer = connect(foreign)
    thread = script(peer, atr)
    assert reader.next().power_up() == seen
    thread.join(5)
    peer.close()


@pytest.mark.parametrize(
    "answer",
    [message(b""), message(b"\x90"), None],
)
def test_a_broken_answer_is_a_mute_card_and_the_end_of_the_connection(slot, answer):
    foreign, reader = slot
    peer = connect(foreign)
    thread = script(peer, ATR_OK, answer)
    card = reader.next()
    assert card.power_up() == b"\x3b\x00"
    assert card.exchange(SELECT) is None
    assert card.broken
    assert reader.next() is None
    assert card.exchange(SELECT) is None
    card.power_down()
    thread.join(5)
    peer.close()


@pytest.mark.parametrize("said", [b"", b"\x00", message(b"\x90\x00")[:3], b"\xff\xff\x00"])
def test_a_peer_that_stops_in_the_middle_of_a_message_is_given_up(said):
    with listener("127.0.0.1", 0) as ours:
        peer = socket.create_connection(ours.getsockname())
        card = ForeignCard(Stream(ours.accept()[0]), timeout_s=0.02)
    with peer, ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: peer.recv(100) and peer.sendall(said))
        assert card.exchange(SELECT) is None
        assert card.broken
        assert card.power_up() is None


def test_a_doubled_answer_never_becomes_a_later_success(slot):
    foreign, reader = slot
    peer = connect(foreign)
    thread = script(peer, ATR_OK, message(b"\x90\x00") * 2)
    card = reader.next()
    card.power_up()
    assert card.exchange(SELECT) == b"\x90\x00"
    thread.join(5)
    assert card.exchange(bytes(4)) is None
    assert reader.next() is None
    peer.close()


def test_a_command_that_the_protocol_cannot_carry_is_refused(slot):
    foreign, reader = slot
    peer = connect(foreign)
    card = reader.next()
    assert card.exchange(bytes(65536)) == b"\x67\x00"
    assert not card.broken
    peer.close()


def test_listening_beyond_loopback_is_told(caplog):
    ForeignSlot("0.0.0.0", 0).close()
    assert "whoever reaches this port" in caplog.text


@pytest.mark.parametrize("said", [None, b"\x00", b"\xff\xff\x00"])
def test_what_gives_no_atr_is_no_card_and_the_next_one_gets_the_slot(
    said, slot, monkeypatch, caplog
):
    monkeypatch.setattr(module, "GREETING_S", 0.05)
    monkeypatch.setattr(module, "REST_S", 0.05)
    foreign, reader = slot
    silent = socket.create_connection(("127.0.0.1", foreign.port), 5)
    if said:
        silent.sendall(said)
    peer = connect(foreign)
    assert isinstance(reader.next(), ForeignCard)
    assert "what has connected gives no ATR: it is refused" in caplog.text
    silent.close()
    peer.close()


def test_a_card_that_comes_and_goes_for_ever_has_to_wait(monkeypatch, caplog):
    foreign, reader = ForeignSlot(port=0), Reader()
    monkeypatch.setattr(module, "PAUSES_S", (7.25, 7.5, 7.75))
    paused = queue.Queue()
    genuine = module.ready

    def ready(*files, timeout_s=None):
        if timeout_s in module.PAUSES_S:
            paused.put(timeout_s)
            timeout_s = 0
        return genuine(*files, timeout_s=timeout_s)

    monkeypatch.setattr(module, "ready", ready)
    foreign.attach(reader)
    for _ in range(9):
        connect(foreign).close()
        assert isinstance(reader.next(), ForeignCard)
        assert reader.next() is None
    assert [paused.get(timeout=5) for _ in range(6)] == [7.25, 7.5, *[7.75] * 4]
    assert caplog.text.count("come and go at once") == 1
    foreign.close()


def test_closing_ends_a_pause_too(monkeypatch):
    monkeypatch.setattr(module, "PAUSES_S", (60.0,))
    foreign, reader = ForeignSlot(port=0), Reader()
    foreign.attach(reader)
    for _ in range(4):
        connect(foreign).close()
        reader.next()
        assert reader.next() is None
    foreign.close()
    assert not foreign._thread.is_alive()


def test_a_slot_that_fails_takes_no_more_cards_and_says_so(monkeypatch, caplog):
    foreign, reader = ForeignSlot(port=0), Reader()
    monkeypatch.setattr(ForeignSlot, "_hold", lambda *_: 1 / 0)
    foreign.attach(reader)
    port = foreign.port
    peer = socket.create_connection(("127.0.0.1", port), 5)
    foreign._thread.join(5)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 5)
    assert f"'foreign card {port}' has failed" in caplog.text
    peer.close()
