"""No other user can keep the owner out of the panel, or fill the terminal with messages."""

import os
import resource
import socket
import subprocess
import sys

import httpx
import pytest

from ifd_bridge.panel import guarded
from ifd_bridge.panel.guarded import uid_of
from ifd_bridge.panel.hub import Hub
from ifd_bridge.panel.serving import Serving

from .fake_world import Connections

END_S = 20
TABLE = """\
  sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt uid timeout inode
   0: 0100007F:1F90 0100007F:C350 01 00000000:00000000 00:00000000 00000000 0 0 1 1
   1: 0100007F:C350 0100007F:1F90 01 00000000:00000000 00:00000000 00000000 1000 0 2 1
"""
PLAIN = {"timeout": END_S, "verify": False}
"""Plain HTTP needs no certificates, and to read them takes a twentieth of a second."""


@pytest.fixture
def serving():
    world = Connections()
    with Hub(world) as hub, Serving(hub) as made:
        yield made
        world.end()


def half_open(serving, count):
    made = []
    for _ in range(count):
        made.append(socket.create_connection(("127.0.0.1", serving.port), END_S))
        made[-1].sendall(b"GET / HTTP/1.1\r\n")
    return made


@pytest.mark.slow  # a wait
def test_silent_connections_are_closed_and_more_than_the_bound_at_once(
    serving, monkeypatch, caplog
):
    monkeypatch.setattr(guarded, "HEADER_S", 0.3)
    monkeypatch.setattr(guarded, "most_connections", lambda: 8)
    monkeypatch.setattr(guarded.GuardedProtocol, "tell", guarded.Rarely())
    connections = half_open(serving, 100)
    ended = 0
    for connection in connections:
        try:
            ended += connection.recv(1) == b""
        except ConnectionResetError:
            ended += 1
        connection.close()
    assert ended == 100
    assert httpx.get(serving.url, **PLAIN).status_code == 200
    assert caplog.text.count("panel: more than 8 connections") == 1


def test_a_request_that_has_come_is_given_its_time(serving, monkeypatch):
    monkeypatch.setattr(guarded, "HEADER_S", 0.1)
    with httpx.stream("GET", f"{serving.url}events", **PLAIN) as news:
        lines = news.iter_lines()
        assert next(lines).startswith("data: ")


def test_another_user_is_turned_away(serving, monkeypatch, caplog):
    monkeypatch.setattr(guarded.GuardedProtocol, "tell", guarded.Rarely())
    monkeypatch.setattr(guarded, "uid_of", lambda port, to: 12345)
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            httpx.get(serving.url, **PLAIN)
    assert caplog.text.count("user 12345 is refused") == 1
    monkeypatch.setattr(guarded, "uid_of", lambda port, to: None)
    assert httpx.get(serving.url, **PLAIN).status_code == 200


@pytest.mark.slow  # a process
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_a_real_other_user_is_turned_away(serving):
    code = (
        "import socket, sys\n"
        "s = socket.create_connection(('127.0.0.1', int(sys.argv[1])), 10)\n"
        "try:\n s.sendall(b'GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n'); print(s.recv(10))\n"
        "except OSError: print(b'')\n"
    )
    told = [
        subprocess.run(
            ["/usr/bin/python3", "-c", code, str(serving.port)],
            capture_output=True, text=True, timeout=END_S, check=False, user=user, cwd="/",
        ).stdout
        for user in (65534, 0)
    ]  # fmt: skip
    assert told == ["b''\n", "b'HTTP/1.1 4'\n"]


def test_the_bound_is_below_the_limit_of_descriptors(monkeypatch):
    for limit, most in [(1024, 64), (256, 64), (128, 32), (8, 4)]:
        monkeypatch.setattr(resource, "getrlimit", lambda which, limit=limit: (limit, limit))
        assert guarded.most_connections() == most


FEW = """
import resource, socket, sys, time
sys.path[:0] = [{root!r}]
from ifd_bridge.panel import guarded
from ifd_bridge.panel.hub import Hub
from ifd_bridge.panel.serving import Serving
from tests.ifd_bridge.panel.fake_world import Connections
world = Connections()
with Hub(world) as hub, Serving(hub) as serving:
    used = len(__import__("os").listdir("/proc/self/fd"))
    resource.setrlimit(resource.RLIMIT_NOFILE, (used + 4, 4096))
    print(serving.port, flush=True)
    sys.stdin.readline()
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 4096))
    world.end()
"""


@pytest.mark.slow  # a process
def test_a_panel_without_descriptors_says_so_in_a_line(request):
    code = FEW.format(root=str(request.config.rootpath))
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", code], text=True, **pipes) as panel:
        port = int(panel.stdout.readline())
        held = [socket.create_connection(("127.0.0.1", port), END_S) for _ in range(40)]
        _, said = panel.communicate("\n", timeout=END_S)
    for one in held:
        one.close()
    assert said.count("\n") <= 4, said
    assert "Traceback" not in said


def test_trouble_is_told_once_a_minute_for_each_kind(monkeypatch, caplog):
    now = [1000.0]
    monkeypatch.setattr(guarded.time, "monotonic", lambda: now[0])
    tell = guarded.Rarely()
    for kind, later in [("a", 0), ("a", 59), ("b", 0), ("a", 2)]:
        now[0] += later
        tell(kind, f"trouble {kind}")
    assert [record.getMessage() for record in caplog.records] == [
        "panel: trouble a", "panel: trouble b", "panel: trouble a",
    ]  # fmt: skip


def test_what_the_loop_cannot_do_is_a_line(monkeypatch, caplog):
    monkeypatch.setattr(guarded.GuardedProtocol, "tell", guarded.Rarely())
    guarded.quiet(None, {"message": "accept failed", "exception": OSError("no descriptors")})
    assert caplog.text.count("\n") == 1
    assert "no descriptors" in caplog.text


def test_it_is_who_made_the_other_end(tmp_path):
    table = tmp_path / "tcp"
    table.write_text(TABLE)
    assert uid_of(50000, 8080, (tmp_path / "none", table)) == 1000
    assert uid_of(8080, 50000, (table,)) == 0
    assert uid_of(50001, 8080, (table,)) is None


def test_our_own_is_ours():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with socket.create_connection(server.getsockname()) as client:
            assert uid_of(client.getsockname()[1], server.getsockname()[1]) == os.getuid()
        assert uid_of(1, server.getsockname()[1]) is None
