import contextlib
import os
import socket
import threading

from ifd_bridge.sockets import hang_up, peer_uid


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
