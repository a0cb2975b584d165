from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ifd_bridge.control import server as module
from ifd_bridge.control.client import Control, ControlError
from ifd_bridge.control.server import ControlServer
from ifd_bridge.pcscd.reader_states import wait_until
from ifd_bridge.trace import Stream
from ifd_bridge.trace.backlog import Backlog
from ifd_bridge.trace.events import CardEjected, CardInserted, CommandSent, Event, KeyPressed

VERIFY = bytes.fromhex("0020000004") + b"1234"


def refuse(why: str = "no") -> None:
    raise RuntimeError(why)


def fail() -> None:
    raise ZeroDivisionError("a bug")


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.fixture
def stream() -> Stream:
    return Stream()


@pytest.fixture
def path(tmp_path: Path, stream: Stream) -> Iterator[Path]:
    verbs = {
        "add": lambda a, b=1: a + b,
        "refuse": refuse,
        "fail": fail,
        "exit": lambda: sys.exit(3),
        "interrupt": interrupt,
        "odd": lambda: {1, 2},
    }
    server = ControlServer(tmp_path / "control", verbs, stream)
    server.start()
    yield server.path
    server.close()
    server.close()
    assert not server.path.exists()


def test_a_verb_gets_its_arguments_and_answers(path: Path) -> None:
    with Control(path) as control:
        assert control.do("add", a=2) == 3
        assert control.do("add", a=2, b=3) == 5


@pytest.mark.parametrize(
    ("verb", "arguments", "says"),
    [
        (
            "dance",
            {},
            "cannot do 'dance'; there are add, exit, fail, interrupt, odd, refuse, trace",
        ),
        ("add", {}, "missing 1 required"),
        ("add", {"a": 1, "c": 2}, "unexpected keyword argument 'c'"),
        ("refuse", {"why": "not now"}, "^not now$"),
        ("fail", {}, "ZeroDivisionError: a bug"),
        ("exit", {}, "SystemExit: 3"),
        ("interrupt", {}, "KeyboardInterrupt"),
        ("odd", {}, "not JSON serializable"),
        ("trace", {"most": 1.5}, "most must be 1..10000, not 1.5"),
        ("trace", {"most": True}, "most must be 1..10000, not True"),
        ("trace", {"most": "9"}, "most must be 1..10000, not 9"),
        ("trace", {"pins": "no"}, "pins is true or false, not 'no'"),
        ("trace", {"kinds": [[]]}, "unhashable"),
        ("trace", {"kinds": 5}, "not iterable"),
        ("trace", {"most": 0}, "most must be 1..10000, not 0"),
        ("trace", {"colour": 1}, "unexpected keyword"),
        ("trace", {"kinds": ["Nonsense"]}, "no such events: .*Nonsense"),
    ],
)
def test_what_cannot_be_done_is_explained(
    path: Path, verb: str, arguments: dict[str, object], says: str
) -> None:
    with Control(path) as control:
        with pytest.raises(ControlError, match=says):
            control.do(verb, **arguments)
        assert control.do("add", a=1) == 2


def test_a_socket_that_a_killed_world_left_is_replaced(tmp_path: Path, stream: Stream) -> None:
    path = tmp_path / "control"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    server = ControlServer(path, {"add": lambda: 1}, stream)
    server.start()
    with Control(path) as control:
        assert control.do("add") == 1
    with pytest.raises(FileExistsError, match="another process"):
        ControlServer(path, {}, stream).start()
    server.close()


@pytest.mark.parametrize("line", [b"nonsense\n", b"[1]\n", b"\xff\n", b"[" * 100_000 + b"\n"])
def test_what_is_no_request_is_answered_and_forgotten(path: Path, line: bytes) -> None:
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(5)
        peer.connect(str(path))
        peer.sendall(line)
        with peer.makefile("rb") as lines:
            assert "not a request" in json.loads(lines.readline())["error"]
            peer.sendall(b'{"do": "add", "a": 1}\n')
            assert json.loads(lines.readline()) == {"result": 2}


def test_events_come_as_they_happen_without_pins(path: Path, stream: Stream) -> None:
    with Control(path) as control:
        events = control.events()
        watched(stream, events, KeyPressed(0, "7"))
        stream.say("R", CommandSent(0, VERIFY))
        stream.say("R", CardInserted(1))
        assert next(events).what == CommandSent(0, VERIFY[:5] + b"****")
        assert next(events).what == CardInserted(1)
    stream.say("R", CardInserted(1))


def watched(stream: Stream, events: Iterator[Event], first: KeyPressed) -> None:
    """Begin to watch; send the first event once the subscription exists."""
    came = threading.Event()
    stream.switches.append(lambda on: came.set() if on else None)

    def send() -> None:
        assert came.wait(5)
        stream.say("R", first)

    threading.Thread(target=send).start()
    assert next(events).what == KeyPressed(0, "*")


def test_secrets_are_shown_to_who_asks_and_kinds_can_be_chosen(path: Path, stream: Stream) -> None:
    turned = threading.Event()
    stream.switches.append(lambda _: turned.set())
    with Control(path) as control:
        events = control.events(pins=True, kinds=["CommandSent"])

        def send() -> None:
            assert turned.wait(5)
            stream.say("R", CardEjected(0))
            stream.say("R", CommandSent(0, VERIFY))

        threading.Thread(target=send).start()
        assert next(events).what == CommandSent(0, VERIFY)


@pytest.mark.slow  # twenty thousand events
def test_a_watcher_that_never_reads_costs_a_bounded_number_of_events(
    path: Path, stream: Stream
) -> None:
    """A live watcher gets everything; a dead one holds only as many events as it requested."""
    most, count = 50, 20_000
    listening = threading.Semaphore(0)
    stream.add(lambda _: None)
    added = stream.add
    stream.add = lambda tap, **more: (added(tap, **more), listening.release())  # type: ignore[method-assign]  # tells of it
    with Control(path) as dead, Control(path) as alive:
        dead.do("trace", most=most)
        events = alive.events(kinds=["CardEjected"])
        first = threading.Thread(target=lambda: found.append(next(events).what))
        found: list[object] = []
        first.start()
        assert listening.acquire(timeout=5)
        assert listening.acquire(timeout=5)
        for _ in range(count):
            stream.say("R", CommandSent(0, bytes(200)))
        stream.say("R", CardEjected(0))
        stream.settle()
        first.join(5)
        assert found == [CardEjected(0)]
        backlogs = [tap for tap, *_ in stream._taps if isinstance(tap, Backlog)]
        assert sorted(backlog.most for backlog in backlogs) == [most, module.WAITING_EVENTS]
        assert all(len(backlog) <= backlog.most for backlog in backlogs)


def test_a_watcher_that_leaves_is_forgotten(path: Path, stream: Stream) -> None:
    gone = threading.Event()
    turned = threading.Event()
    stream.switches.append(lambda on: turned.set() if on else gone.set())
    control = Control(path)
    control.do("trace")
    assert turned.wait(5)
    control.close()
    assert gone.wait(5)


def test_other_users_are_turned_away(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "peer_uid", lambda _: 12345)
    with Control(path) as control, pytest.raises(ControlError, match="gone"):
        control.do("add", a=1)
    assert path.stat().st_mode & 0o777 == 0o600


def test_connections_are_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONNECTIONS", 1)
    with Control(path) as first:
        assert first.do("add", a=1) == 2
        with Control(path) as second, pytest.raises(ControlError, match="1 programs steer this"):
            second.do("add", a=1)
        assert first.do("add", a=1) == 2


@pytest.mark.slow  # hundreds of connections
def test_many_can_come_at_once(path: Path) -> None:
    """A unix socket refuses those of 60 simultaneous clients that its queue cannot hold."""

    def ask(number: int) -> int:
        with Control(path) as control:
            found: int = control.do("add", a=number, b=0)
            return found

    with ThreadPoolExecutor(60) as pool:
        assert list(pool.map(ask, range(300))) == list(range(300))


def test_a_fault_of_ours_is_told_and_the_peer_is_hung_up(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(ControlServer, "_handle", lambda self, line: fail())
    with Control(path) as control, pytest.raises(ControlError, match="the world has gone"):
        control.do("add", a=1)
    assert wait_until(lambda: "the thread 'vcard-control' has failed" in caplog.text)
    monkeypatch.undo()
    with Control(path) as control:
        assert control.do("add", a=1) == 2


def test_who_cannot_be_looked_at_is_hung_up_on_and_the_next_one_served(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(module, "peer_uid", lambda _: 1 // 0)
        with Control(path) as control, pytest.raises(ControlError, match=r"gone|has not answered"):
            control.do("add", a=1)
    with Control(path) as later:
        assert later.do("add", a=1) == 2
    assert "a connection cannot be served: ZeroDivisionError" in caplog.text
