"""Data queued for a host, without blocking the sender."""

import socket
import threading

import pytest

from ifd_bridge.faces import outgoing
from ifd_bridge.faces.outgoing import Outgoing

END = 10.0


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    theirs.settimeout(END)
    with ours, theirs:
        yield ours, theirs


def read(sock, size):
    data = b""
    while len(data) < size:
        data += sock.recv(1 << 16)
    return data


def test_what_fits_goes_out_at_once(pair):
    out = Outgoing(pair[0])
    out.send(b"hello")
    assert out.idle
    assert pair[1].recv(10) == b"hello"


def test_what_does_not_fit_follows_in_order_and_the_end_is_told(pair):
    drained = threading.Event()
    out = Outgoing(pair[0], drained.set)
    data = bytes(range(256)) * 4000
    for at in range(0, len(data), 1000):
        out.send(data[at : at + 1000])
    assert not out.idle
    assert read(pair[1], len(data)) == data
    assert drained.wait(END)
    assert out.idle


def test_a_host_that_takes_nothing_has_to_wait_itself(pair, monkeypatch):
    monkeypatch.setattr(outgoing, "ROOM", 1000)
    out = Outgoing(pair[0])
    size = 2_000_000
    out.send(bytes(size))
    waiting = threading.Thread(target=out.wait_for_room)
    waiting.start()
    assert waiting.is_alive()
    read(pair[1], size)
    waiting.join(END)
    assert not waiting.is_alive()


def test_closing_ends_the_wait(pair):
    out = Outgoing(pair[0])
    out.send(bytes(4_000_000))
    waiting = threading.Thread(target=out.wait_for_room)
    waiting.start()
    out.close()
    waiting.join(END)
    assert not waiting.is_alive()


def test_a_host_that_takes_nothing_for_too_long_is_given_up(pair, monkeypatch):
    monkeypatch.setattr(outgoing, "MOST", 1_000_000)
    out = Outgoing(pair[0])
    out.send(bytes(900_000))
    out.send(bytes(900_000))
    assert pair[0].recv(1) == b""


def test_a_host_that_has_gone_is_no_error(pair):
    out = Outgoing(pair[0])
    pair[1].close()
    for _ in range(3):
        out.send(b"x")


def test_who_waits_for_room_is_let_go_when_the_host_has_gone(pair, monkeypatch):
    monkeypatch.setattr(outgoing, "ROOM", 1000)
    out = Outgoing(pair[0])
    out.send(bytes(2_000_000))
    waiting = threading.Thread(target=out.wait_for_room, daemon=True)
    waiting.start()
    pair[1].close()
    waiting.join(END)
    assert not waiting.is_alive()
