"""The hop in C: it is as the one in Python, and whole under AddressSanitizer and UBSan."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from ifd_bridge.ifdh import frames
from ifd_bridge.ifdh.frames import pack_answer
from tests.kits.bridge import hop_in_c
from tests.kits.bridge.hostile_hops import Ends, differing
from tests.kits.bridge.kit import END
from tests.kits.bridge.sanitized import SANITIZERS

pytestmark = pytest.mark.slow


def test_both_forms_make_the_same_of_every_frame_and_answer(in_c, monkeypatch):
    monkeypatch.setattr(frames, "in_c", None)
    assert differing(in_c, 3000) == []


def test_two_thousand_hostile_hops_leave_it_whole(tmp_path):
    library = hop_in_c.built(tmp_path, *SANITIZERS.split())
    runtime = subprocess.check_output(["cc", "-print-file-name=libasan.so"], text=True).strip()
    environ = {**os.environ, "LD_PRELOAD": runtime, "ASAN_OPTIONS": "detect_leaks=0"}
    program = [sys.executable, "-m", "tests.kits.bridge.hostile_hops", str(library), "2000"]
    done = subprocess.run(
        program, env=environ, capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_signal_ends_the_wait_for_a_call_if_its_handler_raises(in_c, monkeypatch):
    monkeypatch.setattr(frames, "in_c", in_c)
    ends, over, told = Ends(), threading.Event(), []

    def interrupt(_number, _frame):
        told.append(1)
        if len(told) == 3:
            over.set()
            raise KeyboardInterrupt

    def kill():
        while not over.wait(0.01):  # one may come just before the wait begins
            os.kill(os.getpid(), signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            ends.line.hop(1, 0, b"answer")
    finally:
        over.set()
        killer.join(END)
        signal.signal(signal.SIGUSR1, before)
    assert ends.told() == ("pipe", pack_answer(1, 0, b"answer"))
    assert ends.told() is None  # it was sent once
    ends.close()


def test_wrong_arguments_are_refused(in_c):
    for wrong in ((), (1, 2, 3, 4, 5, 6), (1, 2, bytearray(3), 1, 0, b"")):
        with pytest.raises(TypeError):
            in_c(*wrong)
