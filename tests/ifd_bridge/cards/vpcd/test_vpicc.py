"""Our card in another program's virtual reader."""

import logging
import socket
import threading

import pytest

from applets.hello import Hello
from applets.pin_dump import PinDump
from ifd_bridge.cards.vpcd import Vpicc, serve
from ifd_bridge.cards.vpcd.connection import Stream, listener
from vcard import DEFAULT_ATR, Busy, Card

SELECT = bytes.fromhex("00A404000AA00000006203010C0601")
OFF, ON, RESET, GET_ATR = (bytes((code,)) for code in (0, 1, 2, 4))


def test_the_atr_is_answered_whether_or_not_the_card_is_on():
    card = Vpicc(Card(Hello()))
    assert card.answer(GET_ATR) == DEFAULT_ATR
    assert [card.answer(code) for code in (OFF, GET_ATR, ON)] == [None, DEFAULT_ATR, None]


def test_asking_for_the_atr_keeps_the_selection():
    card = Vpicc(Card(Hello()))
    card.answer(ON)
    card.answer(SELECT)
    card.answer(GET_ATR)
    assert card.answer(bytes(4)) == b"Hello world!\x90\x00"


def test_a_reset_forgets_the_selection():
    card = Vpicc(Card(Hello()))
    card.answer(ON)
    card.answer(SELECT)
    card.answer(RESET)
    assert card.answer(bytes(4)) == b"\x6d\x00"


def test_what_the_protocol_cannot_say_becomes_6f00(caplog):
    card = Vpicc(Card(Hello()))
    assert card.answer(SELECT) == b"\x6f\x00", "not powered: mute"
    assert card.answer(b"\x09") is None
    assert "control code 09" in caplog.text


def test_a_busy_card_is_waited_for():
    class Slow(Card):
        def exchange(self, command, port=None):
            return Busy(0.001, lambda: b"\x90\x00")

    assert Vpicc(Slow(Hello())).answer(SELECT) == b"\x90\x00"


@pytest.mark.parametrize("fault", [ValueError, SystemExit, KeyboardInterrupt])
def test_a_card_whose_code_fails_is_mute_and_the_next_command_answered(fault, caplog):
    class Clumsy(Card):
        def power_up(self):
            raise fault

        def exchange(self, command, port=None):
            raise fault

    card = Vpicc(Clumsy(Hello()))
    assert [card.answer(raw) for raw in (ON, GET_ATR, SELECT, SELECT)] == [
        None, b"", b"\x6f\x00", b"\x6f\x00",
    ]  # fmt: skip
    assert caplog.text.count("the card's code failed") == 3


@pytest.fixture
def served():
    """Start `serve` in a thread; at the end it must stop."""
    stop, threads = threading.Event(), []

    def start(*args, **options):
        threads.append(threading.Thread(target=serve, args=args, kwargs={**options, "stop": stop}))
        threads[-1].start()

    yield start
    stop.set()
    for thread in threads:
        thread.join(5)
        assert not thread.is_alive()


def hello(stream):
    for control in (ON, SELECT):
        stream.send(control)
    assert stream.receive(5) == b"\x90\x00"
    stream.send(bytes(4))
    assert stream.receive(5) == b"Hello world!\x90\x00"


def test_a_card_connects_to_a_vpcd(served):
    with listener("127.0.0.1", 0) as vpcd:
        served(Card(Hello(), PinDump()), "127.0.0.1", vpcd.getsockname()[1])
        stream = Stream(vpcd.accept()[0])
        hello(stream)
        stream.close()


def test_a_card_waits_for_one_vpcd_after_the_other(served):
    with listener("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    served(Card(Hello()), "127.0.0.1", port, listen=True)
    for _ in range(2):
        stream = Stream(connect_when_ready(port))
        hello(stream)
        stream.close()


def connect_when_ready(port):
    for _ in range(1000):
        try:
            return socket.create_connection(("127.0.0.1", port), 5)
        except ConnectionRefusedError:
            threading.Event().wait(0.005)
    raise AssertionError("nobody listens")


def test_nobody_at_the_other_end_is_said_at_once():
    with listener("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectionRefusedError):
        serve(Card(Hello()), "127.0.0.1", port)


def test_listening_beyond_loopback_is_told(caplog, served):
    stop = threading.Event()
    stop.set()
    with caplog.at_level(logging.WARNING):
        serve(Card(Hello()), "0.0.0.0", 0, listen=True, stop=stop)
    assert "whoever reaches this port" in caplog.text
