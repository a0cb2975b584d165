"""The HTTP of the fleet's server, byte by byte."""

import asyncio
import importlib.util

import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("httptools") is None,
    reason="httptools is missing: pip install 'vcard-emulator[fleet]'",
)
REQUEST = b"POST /a?b HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}"


class Way:
    """A transport that keeps what is written."""

    def __init__(self):
        self.written, self.closed, self.reads = b"", False, True
        self.gone = asyncio.Event()

    def write(self, data):
        self.written += data

    def close(self):
        self.closed = True
        self.gone.set()

    def is_closing(self):
        return self.closed

    def pause_reading(self):
        self.reads = False

    def resume_reading(self):
        self.reads = True


def echo(method, path, body):
    if path == "/wrong":
        raise KeyError(path)
    return (204, b"") if path == "/none" else (200, f"{method} {path} {body!r}".encode())


def told(*parts, do=None):
    """The way after these pieces have come."""
    from examples.fleet.connection import Connection

    async def connection():
        way, one = Way(), Connection(echo)
        one.connection_made(way)
        for part in parts:
            one.data_received(part)
        if do:
            await do(one)
        one.connection_lost(None)
        return way

    return asyncio.run(connection())


def test_requests_are_answered_one_after_the_other_however_they_are_cut():
    whole = told(REQUEST * 2)
    assert whole.written == told(*(bytes((byte,)) for byte in REQUEST * 2)).written
    head, *bodies = whole.written.split(b"HTTP/1.1 200 OK")
    assert head == b""
    assert [body.partition(b"\r\n\r\n")[2] for body in bodies] == [b"POST /a b'{}'"] * 2
    assert not whole.closed


def test_an_answer_without_content_says_no_length():
    assert told(b"GET /none HTTP/1.1\r\n\r\n").written == b"HTTP/1.1 204 No Content\r\n\r\n"


def test_a_connection_that_is_to_be_closed_is():
    assert told(b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n").closed
    assert told(b"GET / HTTP/1.0\r\n\r\n").closed
    upgrade = told(b"GET / HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
    assert upgrade.written.count(b"HTTP/1.1 200") == 1
    assert upgrade.closed


def test_what_is_no_http_is_answered_once():
    way = told(b"hello\r\n\r\n", REQUEST)
    assert way.written.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert way.written.count(b"HTTP/1.1") == 1
    assert way.closed


def test_a_body_has_an_end():
    long = b"POST / HTTP/1.1\r\nContent-Length: 2000000\r\n\r\n"
    way = told(long, bytes(1_000_000), bytes(1_000_000))
    assert way.written.startswith(b"HTTP/1.1 413 ")
    assert way.written.count(b"HTTP/1.1") == 1
    assert way.closed


def test_an_answer_that_fails_is_the_servers_fault(caplog):
    way = told(b"GET /wrong HTTP/1.1\r\n\r\n", REQUEST)
    assert way.written.startswith(b"HTTP/1.1 500 Internal Server Error\r\n")
    assert way.written.count(b"HTTP/1.1") == 2
    assert "the answer to /wrong failed" in caplog.text


def test_a_client_that_does_not_read_is_not_heard():
    async def slow(one):
        one.pause_writing()
        assert not one._transport.reads
        one.resume_writing()

    assert told(do=slow).reads


def test_a_connection_that_rests_is_closed(monkeypatch):
    from examples.fleet import connection

    monkeypatch.setattr(connection, "RESTING", 0.02)

    async def rest(one):
        one.data_received(REQUEST)
        await asyncio.wait_for(one._transport.gone.wait(), 10)

    assert told(do=rest).closed
