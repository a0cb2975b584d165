import os
import socket
import stat
import sys
import threading

import pytest

from ifd_bridge.cable import AbandonedError
from ifd_bridge.frames import MAX_DATA, pack_answer
from ifd_bridge.ifd import Answer, Code, Function
from ifd_bridge.server import Served, Server, peer_uid
from tests.ifd_bridge.kit import ATR, CALLS, END, MOVEMENTS, Driver, Handler, Source, served


@pytest.fixture
def path(tmp_path):
    return tmp_path / "private" / "ifd.sock"


@pytest.fixture
def source():
    return Source()


@pytest.fixture
def driver():
    driver = Driver()
    yield driver
    driver.release.set()


@pytest.fixture
def server(path, source, driver):
    with Server(path, [served(driver, source)]) as server:
        yield server


def test_the_socket_is_private(server, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_directory_that_others_can_enter_is_refused(tmp_path):
    tmp_path.chmod(0o755)
    with pytest.raises(PermissionError, match="chmod 700"):
        Server(tmp_path / "ifd.sock", []).start()


def test_a_path_that_is_too_long_for_a_socket_is_refused(tmp_path):
    with pytest.raises(ValueError, match="107"):
        Server(tmp_path / ("x" * 107), [])


def test_other_users_are_refused(path):
    with Server(path, [served()], uids=[os.getuid() + 1]):
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        peer.settimeout(END)
        peer.connect(str(path))
        assert peer.recv(1) == b""
        peer.close()


def test_the_peers_user_is_known():
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert peer_uid(ours) == os.getuid()


def test_a_second_server_is_refused_and_the_first_goes_on(server, path):
    with pytest.raises(FileExistsError, match="another process"):
        Server(path, []).start()
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.CONTROL, 1, b"x").data == b"x"


def test_a_socket_left_behind_is_replaced(path):
    path.parent.mkdir(mode=0o700)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as left:
        left.bind(str(path))
    with Server(path, [served()]), Handler(path, CALLS) as handler:
        assert handler.hello.code is Code.SUCCESS


def test_closing_removes_the_socket_and_hangs_up(path):
    server = Server(path, [served()])
    server.start()
    with Handler(path, CALLS) as calls, Handler(path, MOVEMENTS) as movements:
        server.close()
        server.close()
        assert (calls.hung_up(), movements.hung_up(), path.exists()) == (True, True, False)


def test_threads_take_turns_often_enough_for_neighbours(server):
    assert sys.getswitchinterval() < 0.0001


def test_every_call_reaches_the_driver(server, path):
    with Handler(path, CALLS) as handler:
        assert handler.hello == Answer(Code.SUCCESS, bytes([1, 1]))
        answers = [
            handler.call(Function.GET_CAPABILITIES, 0x10100),
            handler.call(Function.SET_CAPABILITIES, 5, b"v"),
            handler.call(Function.SET_PROTOCOL_PARAMETERS, 2),
            handler.call(Function.POWER_ICC, 500),
            handler.call(Function.TRANSMIT_TO_ICC, 1, b"\0\xa4"),
            handler.call(Function.CONTROL, 0x42000001, b"c"),
        ]
    assert answers == [
        Answer(Code.SUCCESS, b"vcard\0"),
        Answer(Code.SUCCESS),
        Answer(Code.SUCCESS),
        Answer(Code.SUCCESS, ATR),
        Answer(Code.SUCCESS, b"\0\xa4\x90\0"),
        Answer(Code.SUCCESS, b"c"),
    ]


def test_the_longest_payload_passes_both_ways(server, path):
    longest = bytes(range(256)) * 256 + bytes(12)
    assert len(longest) == MAX_DATA
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.CONTROL, 1, longest).data == longest


def test_an_unknown_function_is_not_supported(server, path):
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.CREATE_CHANNEL).code is Code.NOT_SUPPORTED


@pytest.mark.parametrize("fault", [ZeroDivisionError, KeyError])
def test_a_driver_that_raises_is_a_communication_error_and_the_next_call_works(
    server, path, driver, monkeypatch, fault
):
    def fail(code, data):
        raise fault

    monkeypatch.setattr(driver, "control", fail)
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.TRANSMIT_TO_ICC, 0, b"\xff\x02").code == 612
        assert handler.call(Function.TRANSMIT_TO_ICC, 0, b"\0").code is Code.SUCCESS


def test_an_exchange_given_up_elsewhere_is_a_card_that_is_gone(server, path, driver, monkeypatch):
    def give_up(command, protocol):
        raise AbandonedError

    monkeypatch.setattr(driver, "transmit_to_icc", give_up)
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.TRANSMIT_TO_ICC).code is Code.ICC_NOT_PRESENT


@pytest.mark.parametrize("frame", [b"x", bytes(15), pack_answer(1, 0), b"\x94" + bytes(70000)])
def test_a_broken_call_hangs_up_and_the_server_lives(server, path, frame):
    with Handler(path, CALLS) as handler:
        handler.socket.send(frame)
        assert handler.hung_up()
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.POWER_ICC, 500).data == ATR


@pytest.mark.parametrize(
    ("function", "where", "kind"),
    [
        (Function.CONTROL, 0, CALLS),
        (Function.CREATE_CHANNEL, 1, CALLS),
        (Function.CREATE_CHANNEL, 1 << 16, CALLS),
        (Function.CREATE_CHANNEL, 0, b"\2"),
        (Function.CREATE_CHANNEL, 0, b""),
    ],
)
def test_a_connection_for_nothing_we_have_is_hung_up(server, path, function, where, kind):
    peer = Handler.__new__(Handler)
    peer.sequence = 0
    peer.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    peer.socket.settimeout(END)
    peer.socket.connect(str(path))
    peer.send(function, where, kind)
    with peer:
        assert peer.hung_up()


def test_movements_begin_with_where_the_card_is(server, path, source):
    source.move(present=False)
    source.move(present=True)
    with Handler(path, MOVEMENTS) as handler:
        assert handler.hello == Answer(Code.ICC_PRESENT, bytes([0, 0, 0, 1]))


def test_movements_are_sent_when_they_happen(server, path, source):
    with Handler(path, MOVEMENTS) as handler:
        for present in (False, True, False):
            source.move(present=present)
        told = [handler.receive() for _ in range(3)]
    absent, present = Code.ICC_NOT_PRESENT, Code.ICC_PRESENT
    assert [(seq, a.code, a.data[3]) for seq, a in told] == [
        (0, absent, 1),
        (0, present, 1),
        (0, absent, 2),
    ]


def test_a_handler_that_does_not_read_delays_nobody_and_learns_the_sum(server, path, source):
    with Handler(path, MOVEMENTS) as handler:
        for _ in range(2000):
            source.move(present=not source.where[0].present)
        last = None
        while last is None or last.data != (1000).to_bytes(4, "big") or last.code != 615:
            _, last = handler.receive()
    assert source.where[0].removals == 1000


def test_a_new_handler_replaces_the_one_before(server, path, source):
    with (
        Handler(path, CALLS) as old,
        Handler(path, MOVEMENTS) as old_movements,
        Handler(path, CALLS) as new,
        Handler(path, MOVEMENTS) as new_movements,
    ):
        assert old.hung_up()
        assert old_movements.hung_up()
        assert new.call(Function.POWER_ICC, 500).data == ATR
        source.move(present=False)
        assert new_movements.receive()[1].code is Code.ICC_NOT_PRESENT
    assert (len(source.watchers[0]), source.given_up) == (1, [0])


def test_a_movement_after_the_handler_is_gone_does_no_harm(server, path, source):
    Handler(path, MOVEMENTS).close()
    for _ in range(3):
        source.move(present=not source.where[0].present)
    with Handler(path, MOVEMENTS) as handler:
        assert handler.hello.data == bytes([0, 0, 0, 2])


def test_a_call_lost_to_its_card_is_answered_when_the_card_goes(server, path, source, driver):
    with Handler(path, CALLS) as calls, Handler(path, MOVEMENTS) as movements:
        calls.send(Function.TRANSMIT_TO_ICC, 0, b"\xff\x01")
        assert driver.holding.wait(END)
        source.move(present=False, abandons=True)
        assert movements.receive()[1].code is Code.ICC_NOT_PRESENT
        assert calls.receive()[1] == Answer(Code.ICC_NOT_PRESENT)
        assert calls.call(Function.CONTROL, 1, b"still served").data == b"still served"
        driver.release.set()
        assert calls.call(Function.CONTROL, 1, b"no late answer").data == b"no late answer"


def test_a_card_that_goes_between_calls_changes_nothing(server, path, source):
    with Handler(path, CALLS) as calls, Handler(path, MOVEMENTS):
        source.move(present=False, abandons=True)
        assert calls.call(Function.CONTROL, 1, b"x").data == b"x"


def test_readers_and_slots_have_their_own_drivers(path):
    drivers = [Driver(name) for name in (b"a", b"b", b"c")]
    readers = [Served(Source(slots=2), drivers[:2]), Served(Source(), drivers[2:])]
    with Server(path, readers):
        answers = []
        for where in (0, 1, 1 << 16):
            with Handler(path, CALLS, where) as handler:
                slots = handler.hello.data[0]
                answers.append((slots, handler.call(Function.TRANSMIT_TO_ICC).data[:1]))
    assert answers == [(2, b"a"), (2, b"b"), (1, b"c")]


def test_waiting_for_the_handler_ends_when_all_slots_are_there(server, path):
    assert not server.wait_connected(0)
    with Handler(path, CALLS):
        assert not server.connected
        with Handler(path, MOVEMENTS):
            assert server.wait_connected(END)


def test_waiting_for_the_handler_can_be_given_up(server):
    over = threading.Event()

    def give_up():
        over.set()
        server.wake()

    threading.Timer(0, give_up).start()
    assert not server.wait_connected(END, over.is_set)
