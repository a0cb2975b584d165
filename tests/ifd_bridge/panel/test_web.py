"""The panel admits only clients with the token from our own page."""

import asyncio
import json
import threading

import pytest
from starlette.testclient import TestClient

from ifd_bridge.panel import web
from ifd_bridge.panel.hub import Hub
from ifd_bridge.trace.events import CommandSent, Event

from .fake_world import Connections

TOKEN = "secret-token"
OURS = {"Host": "127.0.0.1:8000"}


@pytest.fixture
def world():
    return Connections()


@pytest.fixture
def hub(world):
    with Hub(world) as made:
        yield made
        world.end()


@pytest.fixture
def client(hub):
    return TestClient(web.application(hub, TOKEN, 8000), base_url="http://127.0.0.1:8000")


@pytest.mark.parametrize("name", ["", "panel.css", "panel.js", "add.js"])
def test_the_page_is_there_for_who_knows_the_token(client, name):
    answer = client.get(f"/{TOKEN}/{name}", headers=OURS)
    assert answer.status_code == 200
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", "/wrong/", "/wrong/panel.js", "/favicon.ico", f"//{TOKEN}/"])
def test_a_wrong_token_is_refused(client, path):
    answer = client.get(path, headers=OURS)
    assert answer.status_code == 403
    assert answer.text == "wrong token"


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:8001", "evil.example:8000"]
)
def test_a_wrong_host_is_refused(client, host):
    assert client.get(f"/{TOKEN}/", headers={"Host": host}).text == "wrong Host"


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1:8000"])
def test_a_wrong_origin_is_refused(client, world, origin):
    answer = client.post(f"/{TOKEN}/do", headers={**OURS, "Origin": origin}, json={"do": "eject"})
    assert (answer.status_code, answer.text) == (403, "wrong Origin")
    assert world.asked == []


def test_what_the_page_asks_for_is_done(client, world):
    headers = {**OURS, "Origin": "http://127.0.0.1:8000"}
    request = {"do": "press", "keys": ["1"], "reader": 0}
    answer = client.post(f"/{TOKEN}/do", headers=headers, json=request)
    assert answer.json() == {"result": None}
    assert world.asked == [("press", {"keys": ["1"], "reader": 0})]


def test_what_the_world_refuses_is_told(client):
    for expected in ({"result": None}, {"error": "there is no card in 'Pad'"}):
        assert client.post(f"/{TOKEN}/do", headers=OURS, json={"do": "eject"}).json() == expected


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b'{"do": "trace", "pins": true}', "application/json"),
        (b'{"do": "eject", "a b": 1}', "application/json"),
        (b'{"do": "eject"}', "text/plain"),
        (b" " * 70_000, "application/json"),
        (b"\xff\xfe", "application/json"),
    ],
)
def test_what_is_no_request_is_refused(client, world, content, kind):
    headers = {**OURS, "Content-Type": kind}
    assert client.post(f"/{TOKEN}/do", headers=headers, content=content).status_code == 400
    assert world.asked == []


def test_nothing_but_http_is_served(hub):
    gate = web.application(hub, TOKEN, 8000)
    sent = []
    asyncio.run(gate({"type": "websocket"}, None, sent.append))
    assert sent == []


def test_news_come_until_the_world_ends(hub, world):
    async def first_two():
        stream = web.news(hub)
        state = json.loads((await anext(stream)).removeprefix("data: "))
        world.happens.put(Event(1.0, "Pad", CommandSent(0, bytes.fromhex("0020000004") + b"****")))
        line = json.loads((await anext(stream)).removeprefix("data: "))
        world.end()
        rest = [part async for part in stream]
        return state, line, rest

    state, line, rest = asyncio.run(asyncio.wait_for(first_two(), 30))
    assert state["state"]["readers"][0]["name"] == "Pad"
    assert line["lines"][0]["hex"] == "00 20 00 00 04 ** ** ** **"
    assert '"ended":true' in rest[-1]
    assert hub.watched == 0


def test_a_quiet_world_is_known_to_be_alive(hub, monkeypatch):
    monkeypatch.setattr(web, "ALIVE_S", 0.01)

    async def two():
        stream = web.news(hub)
        parts = [await anext(stream), await anext(stream)]
        await stream.aclose()
        return parts

    assert asyncio.run(two())[1] == ": alive\n\n"
    assert hub.watched == 0


def test_a_browser_that_went_with_its_loop_wakes_nobody(hub, world):
    async def one():
        stream = web.news(hub)
        await anext(stream)
        return stream

    loop = asyncio.new_event_loop()
    stream = loop.run_until_complete(one())
    loop.close()
    seen = threading.Event()
    hub.look(seen.set)
    world.happens.put(Event(1.0, "Pad", CommandSent(0, b"\0\0\0\0")))
    assert seen.wait(20)
    assert stream is not None


@pytest.mark.parametrize(
    "content", [b"[" * 60_000, b'{"do": {}}', b'{"do": []}', b'{"do": 1}', b"1" * 9999]
)
def test_odd_requests_are_answered_and_leave_no_traceback(client, world, content):
    headers = {**OURS, "Content-Type": "application/json"}
    assert client.post(f"/{TOKEN}/do", headers=headers, content=content).status_code == 400
    assert world.asked == []


def test_a_world_that_says_half_a_character_is_quoted(hub, monkeypatch):
    def refuse(verb, **arguments):
        raise ValueError("no card is named \ud800")

    monkeypatch.setattr(hub, "do", refuse)
    client = TestClient(web.application(hub, TOKEN, 8000), base_url="http://127.0.0.1:8000")
    answer = client.post(f"/{TOKEN}/do", headers=OURS, json={"do": "insert"})
    assert answer.json() == {"error": "no card is named \ud800"}


@pytest.mark.parametrize(("path", "token"), [("?x", ""), ("", ""), ("/\ud800", ""), ("*", "*")])
def test_a_path_that_is_none_is_a_wrong_token(hub, path, token):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "http", "method": "GET", "path": path, "query_string": b"",
        "headers": [(b"host", b"127.0.0.1:8000")],
    }  # fmt: skip
    asyncio.run(web.application(hub, TOKEN, 8000)(scope, None, send))
    assert sent[0]["status"] == 403
