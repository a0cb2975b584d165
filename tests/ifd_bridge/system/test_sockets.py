import contextlib
import errno
import os
import resource
import socket
import threading

from ifd_bridge.pcscd.reader_states import wait_until
from ifd_bridge.system.sockets import accepted, hang_up, peer_uid


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
        serving = threading.Thread(target=lambda: taken.extend(accepted(listener)), daemon=True)
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
    aborted = ConnectionAbortedError(errno.ECONNABORTED, "gone")
    assert list(accepted(Listener(aborted, "first", aborted, "second"))) == ["first", "second"]
