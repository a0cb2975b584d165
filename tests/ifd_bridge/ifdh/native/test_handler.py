"""The handler in C under AddressSanitizer and UBSan, against a hostile peer."""

import os
import random
import socket
import struct
import subprocess
from pathlib import Path

import pytest

from ifd_bridge.ifdh.frames import ANSWER_HEAD, MAX_CALL, pack_answer, unpack_call
from tests.kits.bridge.sanitized import compiled, listening

HERE = Path(__file__).parent
SOURCES = sorted((HERE.parents[3] / "ifd_bridge" / "ifdh" / "native").glob("*.c"))
FRAMES = 10_000
KINDS = {"good", "doubled", "in pieces", "broken", "hang up", "other", "after"}

pytestmark = [pytest.mark.pcsc, pytest.mark.slow]


@pytest.fixture(scope="module")
def programs(tmp_path_factory):
    """The handler and its host, with sanitizers."""
    place = tmp_path_factory.mktemp("native")
    handler = compiled(place / "handler.so", "libpcsclite", SOURCES, "-shared", "-fPIC")
    host = compiled(place / "host", "libpcsclite", [HERE / "host.c"], "-ldl", "-pthread")
    return handler, host


def greeted(connection):
    """The sequence of a hello, and the pipe for answers that came with it if it is for calls."""
    raw, given, *_ = socket.recv_fds(connection, MAX_CALL, 1)
    sequence, _, _, kind = unpack_call(raw, len(raw))
    assert len(given) == (kind == b"\0")
    return sequence, os.fdopen(given[0], "wb", buffering=0) if given else None


class Peer:
    """A Python side that lies. It counts the frames it has sent, of each kind."""

    def __init__(self, path, seed):
        self.random = random.Random(seed)
        self.frames = 0
        self.kinds = set()
        self.listener = listening(path, self._serve)

    def _serve(self, connection):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4 * MAX_CALL)
        sequence, pipe = greeted(connection)
        if pipe is None:
            self._lie_about_movements(connection, sequence)
        else:
            with pipe:
                self._lie_about_calls(connection, pipe, sequence)

    def _lie_about_calls(self, connection, pipe, sequence):
        connection.send(pack_answer(sequence, 0, self.random.choice([b"\1\1", b"", b"\xff\0"])))
        while raw := connection.recv(MAX_CALL):
            sequence = unpack_call(raw, len(raw))[0]
            way = self.random.choice([pipe.write, connection.send])
            if not self._send(way, self._answers(sequence)):
                return

    def _lie_about_movements(self, connection, sequence):
        connection.send(pack_answer(sequence, 615, bytes(4)))
        count = 0
        for _ in range(self.random.randrange(200)):
            count += self.random.choice([0, 0, 0, 1, 1, 2])
            good = pack_answer(0, self.random.choice([615, 616]), struct.pack(">I", count))
            frame = good if self.random.random() < 0.97 else self._broken(good)
            if not self._send(connection.send, [frame]):
                return

    def _send(self, send, frames):
        """False if it hangs up afterwards."""
        for frame in frames:
            if frame:
                send(frame)
                self.frames += 1
        return bool(frames) and frames[-1] != b""

    def _answers(self, sequence):
        pick = self.random
        sizes = [0, 1, 2, 32, 33, 34, 255, 256, 258, 259, 264, 265, 65546, 65548]
        code = pick.choice([0, 0, 0, 0, 600, 608, 612, 614, 615, 616, 617, 618, 999, 65535])
        good = pack_answer(sequence, code, bytes(pick.choice(sizes)))
        kind = pick.choice(["good"] * 25 + sorted(KINDS))
        self.kinds.add(kind)
        return {
            "good": [good],
            "doubled": [good, good],
            "in pieces": [good[:ANSWER_HEAD], good[ANSWER_HEAD:-1], good[-1:]],
            "broken": [self._broken(good)],
            "hang up": [b""],
            "other": [pack_answer((sequence + 1) % 256, 0, b"\x90\0")],
            "after": [good, b""],
        }[kind]

    def _broken(self, good):
        pick = self.random
        return pick.choice(
            [
                good[: pick.randrange(1, len(good))],
                good[: pick.randrange(1, ANSWER_HEAD + 1)],
                good + bytes(pick.randrange(1, 100)),
                good + bytes(70_000),
                good + b"x",
                bytes([pick.randrange(256)]) + good[1:],
                good[:7] + struct.pack(">I", pick.choice([1, 2**16, 2**31, 2**32 - 1])) + good[11:],
                pick.randbytes(pick.randrange(1, 300)),
                pack_answer(0, 615, struct.pack(">I", pick.choice([5000, 2**31, 2**32 - 1]))),
            ]
        )


def run(programs, device, calls, timeout=100):
    handler, host = programs
    runtime = subprocess.check_output(["cc", "-print-file-name=libasan.so"], text=True).strip()
    environ = {**os.environ, "LD_PRELOAD": runtime, "ASAN_OPTIONS": "detect_leaks=1"}
    return subprocess.run(
        [host, handler, device, str(calls)],
        env=environ,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )


def test_ten_thousand_hostile_frames_leave_the_handler_whole(programs, tmp_path):
    peer = Peer(tmp_path / "s", seed=1)
    for _ in range(20):
        done = run(programs, f"vcard:{tmp_path}/s:0", 4000)
        assert (done.returncode, done.stdout, done.stderr) == (0, "survived\n", "")
        if peer.frames >= FRAMES and peer.kinds == KINDS:
            break
    peer.listener.close()
    assert peer.frames >= FRAMES
    assert peer.kinds == KINDS


@pytest.mark.parametrize("by_pipe", [True, False])
def test_every_cut_of_an_answer_is_an_error_and_no_more(programs, tmp_path, by_pipe):
    cuts = iter(range(1, ANSWER_HEAD + 20))
    done = set()

    def serve(connection):
        sequence, pipe = greeted(connection)
        if pipe is None:
            connection.send(pack_answer(sequence, 615, bytes(4)))
            connection.recv(1)  # until it hangs up
            return
        with pipe:
            connection.send(pack_answer(sequence, 0, b"\1\1"))
            raw = connection.recv(MAX_CALL)
            if raw:
                whole = pack_answer(unpack_call(raw, len(raw))[0], 0, bytes(20))
                cut = next(cuts, None)
                (pipe.write if by_pipe else connection.send)(whole[:cut])
                done.add(cut)
                connection.recv(1)  # until it hangs up

    listener = listening(tmp_path / "s", serve)
    for _ in range(300):  # how often it connects again in one run depends on the machine
        result = run(programs, f"vcard:{tmp_path}/s:0", 3000)
        assert (result.returncode, result.stderr) == (0, "")
        if None in done:
            break
    listener.close()
    assert set(range(1, ANSWER_HEAD + 20)) <= done


def test_without_a_peer_every_call_is_an_error_at_once(programs, tmp_path):
    done = run(programs, f"vcard:{tmp_path}/nobody:0", 2000, timeout=30)
    assert (done.returncode, done.stdout, done.stderr) == (0, "survived\n", "")
