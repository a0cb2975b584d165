"""Messages over a connection."""

import socket
import threading

import pytest

from ifd_bridge.cards.vpcd import connection
from ifd_bridge.cards.vpcd.connection import PeerError, SilenceError, Stream, listener
from ifd_bridge.cards.vpcd.messages import message


@pytest.fixture
def pair():
    with listener("127.0.0.1", 0) as waiting:
        client = socket.create_connection(waiting.getsockname())
        server, _ = waiting.accept()
    stream = Stream(server)
    yield stream, client
    stream.close()
    client.close()


def test_a_message_arrives_whole(pair):
    stream, peer = pair
    peer.sendall(message(b"\x01"))
    assert stream.receive(5) == b"\x01"


def test_a_message_that_finds_no_room_goes_as_the_peer_reads(pair):
    stream, peer = pair
    payload, count = bytes(65535), 100
    sender = threading.Thread(target=lambda: [stream.send(payload) for _ in range(count)])
    sender.start()
    with peer.makefile("rb") as told:
        assert told.read(count * 65537) == count * message(payload)
    sender.join()


def test_a_peer_that_does_not_read_is_gone_in_the_end(pair, monkeypatch):
    stream, _peer = pair
    monkeypatch.setattr(connection, "SEND_TIMEOUT_S", 0.01)
    with pytest.raises(PeerError, match="does not read"):
        for _ in range(1000):
            stream.send(bytes(65535))


def test_a_silent_peer_is_told_from_a_closed_one(pair):
    stream, peer = pair
    with pytest.raises(SilenceError):
        stream.receive(0.01)
    peer.close()
    with pytest.raises(PeerError, match="closed"):
        stream.receive(5)


def test_a_cut_message_is_an_error(pair):
    stream, peer = pair
    peer.sendall(b"\x00\x05\x01")
    peer.close()
    with pytest.raises(PeerError, match="closed"):
        stream.receive(5)


def test_bytes_that_nobody_asked_for_are_noticed(pair):
    stream, peer = pair
    stream.check_quiet()
    peer.sendall(message(b"\x90\x00") * 2)
    stream.receive(5)
    with pytest.raises(PeerError, match="nobody asked"):
        stream.check_quiet()


def test_a_closed_peer_is_noticed_before_sending(pair):
    stream, peer = pair
    peer.shutdown(socket.SHUT_WR)
    with pytest.raises(PeerError, match="closed"):
        stream.receive(5)
    with pytest.raises(PeerError, match="closed"):
        stream.check_quiet()


def test_after_hanging_up_everything_fails_cleanly(pair):
    stream, _ = pair
    stream.hang_up()
    stream.hang_up()
    with pytest.raises(PeerError):
        stream.receive(5)
    with pytest.raises(PeerError):
        stream.send(b"\x01")
    stream.close()
    with pytest.raises(PeerError):
        stream.check_quiet()


def test_a_taken_port_is_named():
    with listener("127.0.0.1", 0) as waiting:
        port = waiting.getsockname()[1]
        with pytest.raises(OSError, match=f"port {port}"):
            listener("127.0.0.1", port)
