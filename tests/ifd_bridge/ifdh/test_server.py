import os
import socket
import stat
import sys
import threading

import pytest

from ifd_bridge.ifdh.api import Answer, Code, Function
from ifd_bridge.ifdh.frames import MAX_CALL, pack_answer, parse_answer
from ifd_bridge.ifdh.server import Served, Server
from ifd_bridge.system import threads
from tests.kits.bridge.kit import ATR, CALLS, END, MOVEMENTS, Driver, Handler, Source, served
from tests.kits.bridge.slices import attributes

pytestmark = pytest.mark.usefixtures("form")


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
    peer.connect(path)
    peer.send(function, where, kind)
    with peer:
        assert peer.hung_up()


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


@pytest.mark.parametrize(("slots", "slices"), [(1, {threads.SLICE_NS}), (2, set())])
def test_the_thread_of_a_slot_has_short_slices_if_it_is_the_only_one(path, slots, slices):
    class Telling(Driver):
        def control(self, code, data):
            _, _, time_slice = attributes()
            return Answer(Code.SUCCESS, time_slice.to_bytes(8, "big"))

    reader = Served(Source(slots=slots), [Telling() for _ in range(slots)])
    with Server(path, [reader]), Handler(path, CALLS) as handler:
        time_slice = int.from_bytes(handler.call(Function.CONTROL, 1).data, "big")
    usual = attributes()[2]
    assert time_slice in (slices or {usual}) | ({0} if usual == 0 else set())  # 0 before Linux 6.12


def test_waiting_for_the_handler_ends_when_all_slots_are_there(server, path):
    assert not server.wait_connected(0)
    with Handler(path, CALLS):
        assert not server.connected
        with Handler(path, MOVEMENTS):
            assert server.wait_connected(END)


def test_nobody_is_waited_for_at_a_reader_that_pcscd_ignores(path):
    readers = [Served(Source(), [Driver(b"a")]), Served(Source(), [Driver(b"b")])]
    with Server(path, readers) as server, Handler(path, CALLS), Handler(path, MOVEMENTS):
        assert server.wait_connected(END, hidden={1})
        assert not server.wait_connected(0, hidden={0})
        assert not server.connected


def test_waiting_for_the_handler_can_be_given_up(server):
    over = threading.Event()

    def give_up():
        over.set()
        server.wake()

    threading.Timer(0, give_up).start()
    assert not server.wait_connected(END, over.is_set)


def test_a_handler_of_an_older_release_gets_its_answers_by_the_connection(server, path):
    peer = Handler.__new__(Handler)
    peer.connect(path)
    with peer:
        for call in ((Function.CREATE_CHANNEL, 0, CALLS), (Function.CONTROL, 1, b"x")):
            peer.send(*call)
            sequence, answer = parse_answer(peer.socket.recv(MAX_CALL))
            assert (sequence, answer.code) == (peer.sequence, Code.SUCCESS)
        assert answer.data == b"x"


@pytest.mark.parametrize("given", ["a file", "the reading end"])
def test_what_comes_with_a_connection_for_calls_must_take_their_answers(
    server, path, tmp_path, given
):
    reading, writing = os.pipe()
    file = os.open(tmp_path / "file", os.O_RDWR | os.O_CREAT)
    peer = Handler.__new__(Handler)
    peer.connect(path)
    wrong = {"a file": [file], "the reading end": [reading]}[given]
    peer.send(Function.CREATE_CHANNEL, 0, CALLS, wrong)
    with peer:
        assert peer.hung_up()
    os.close(writing)
    assert os.read(reading, 1) == b""  # the server has kept none
    for descriptor in (reading, file):
        os.close(descriptor)


def test_the_pipe_is_let_go_with_its_connection(server, path):
    with Handler(path, CALLS) as handler:
        assert handler.call(Function.CONTROL, 1, b"x").data == b"x"
        handler.socket.close()
        assert os.read(handler.pipe, 1) == b""


def test_a_pipe_for_movements_is_closed_unused(server, path):
    reading, writing = os.pipe()
    peer = Handler.__new__(Handler)
    peer.connect(path)
    peer.send(Function.CREATE_CHANNEL, 0, MOVEMENTS, [writing])
    os.close(writing)
    with peer:
        assert os.read(reading, 1) == b""
    os.close(reading)
