import contextlib
import errno
import fcntl
import os
import resource
import select
import socket
import threading

import pytest

from ifd_bridge.pcscd.reader_states import wait_until
from ifd_bridge.system.sockets import ROOM_PAUSE_S, Incoming, gone, hang_up, peer_uid, ready


def test_the_peers_user_is_known():
    ours, theirs = socket.socketpair(socket.AF_UNIX)
    with ours, theirs:
        assert peer_uid(ours) == os.getuid()


def test_hanging_up_ends_a_wait_in_another_thread():
    ours, theirs = socket.socketpair(socket.AF_UNIX)

    def wait():
        with contextlib.suppress(OSError):  # it may be over before the wait begins
            ours.recv(1)

    waiting = threading.Thread(target=wait)
    with theirs:
        waiting.start()
        hang_up(ours)
        hang_up(ours)
        assert theirs.recv(1) == b""
        waiting.join(5)
    assert not waiting.is_alive()


def test_a_peer_waits_while_no_descriptor_is_left_and_is_served_afterwards(caplog):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    taken = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        served = Incoming(listener).serve
        serving = threading.Thread(
            target=served, args=[lambda *both: taken.append(both)], daemon=True
        )
        peers = [socket.create_connection(listener.getsockname()) for _ in range(2)]
        resource.setrlimit(resource.RLIMIT_NOFILE, (peers[-1].fileno() + 1, hard))
        try:
            serving.start()
            assert wait_until(lambda: "no new connection for now" in caplog.text)
            assert taken == []
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        assert wait_until(lambda: len(taken) == 2)
        assert caplog.text.count("no new connection for now: Too many open files") == 1
        listener.shutdown(socket.SHUT_RDWR)
        serving.join(5)
    assert not serving.is_alive()
    for one in (*peers, *(sock for sock, _ in taken)):
        one.close()


class Listener:
    """Fails as accept(2) may, then says that it is closed."""

    def __init__(self, *results):
        self.results = [*results, OSError(errno.EBADF, "closed")]

    def accept(self):
        result = self.results.pop(0)
        if isinstance(result, OSError):
            raise result
        return result


def test_a_peer_that_goes_before_it_is_accepted_is_passed_over():
    aborted, served = ConnectionAbortedError(errno.ECONNABORTED, "gone"), []
    listener = Listener(aborted, ("first", 1), aborted, ("second", 2))
    Incoming(listener).serve(lambda *both: served.append(both))
    assert served == [("first", 1), ("second", 2)]


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM])
def test_without_room_there_is_a_pause_and_nothing_else_is_waited_for(number, caplog):
    full, pauses = OSError(number, "none left"), []
    incoming = Incoming(Listener(full, full, ("first", 1)), pauses.append)
    assert [incoming.take() for _ in range(3)] == [None, None, ("first", 1)]
    assert pauses == [ROOM_PAUSE_S] * 2
    assert caplog.text.count("no new connection for now: none left") == 1
    with pytest.raises(OSError, match="closed"):
        incoming.take()


def test_a_connection_whose_set_up_raises_is_hung_up_on_and_each_trouble_told_once(caplog):
    incoming = Incoming(Listener())
    for _ in range(2):
        ours, theirs = socket.socketpair()
        with theirs:
            assert incoming.begin(lambda *_: 1 // 0, ours, None) is None
            assert theirs.recv(1) == b""
            assert ours.fileno() < 0
    assert caplog.text.count("a connection cannot be served: ZeroDivisionError") == 1
    assert incoming.begin(lambda sock, peer: (sock, peer), "socket", "peer") == ("socket", "peer")


def test_a_peer_that_has_closed_is_gone_whatever_it_left_to_be_read():
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    assert not gone(ours)
    theirs.send(b"last words")
    assert not gone(ours)
    theirs.close()
    assert gone(ours)
    ours.close()
    assert gone(ours)


@pytest.fixture
def many_descriptors():
    """Room for descriptors above those that `select` knows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("many_descriptors")
def test_what_can_be_read_or_written_is_found_whatever_its_number():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        high = fcntl.fcntl(ours, fcntl.F_DUPFD_CLOEXEC, 2000)
        try:
            assert ready(high, timeout_s=0) == []
            assert ready(high, to=select.POLLOUT) == [high]
            theirs.send(b"x")
            assert ready(high, timeout_s=0) == [high]
            assert ready(theirs, ours) == [ours]
        finally:
            os.close(high)
        theirs.close()
        assert ready(ours) == [ours]  # it has ended
    with pytest.raises(ValueError, match="negative"):
        ready(ours)
