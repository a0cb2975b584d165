"""A busy world does not grow over time: not in memory, descriptors, threads or delay.

All kinds of readers, clients at each, PIN entries, cards that move, readers that are pulled, a
panel that is watched, a trace and a capture. A minute in the suite; `make soak` takes
ten minutes, and has the limits of the real thing.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from ifd_bridge.control.client import VARIABLE, Control, ControlError
from ifd_bridge.pcscd import hotplug
from ifd_bridge.pcscd.reader_states import wait_until
from tests.kits.pcsc.program import SAYS_WITHIN_S, Program

VCARD = [sys.executable, "-m", "ifd_bridge.cli"]
END_S = 30.0
READERS = (
    ("plain", "hello"), ("pinpad-display", "pin-dump"), ("two-slot", "hello"),
    ("acr122u", "hello"),
)  # fmt: skip
PINPAD, MOVED, PULLED = 1, 2, 3
COMING = 1
"""A connection that only one of two measurements sees, after the last unplugged reader. A leak at
each of dozens of movements would be much larger."""
CLIENT = """
import time
VERIFY = bytes.fromhex("1E1E820800080402010904000000000D00000000200080") + b"\\x08" + b"\\xff" * 8
SELECT = bytes.fromhex("00A4040007A000000018FF01")
end, times, done = time.monotonic() + SECONDS, [], [0] * len(names)
def work(number, name):
    ctx = check(SCardEstablishContext(SCARD_SCOPE_USER))
    while time.monotonic() < end:
        code, card, protocol = SCardConnect(ctx, name, SCARD_SHARE_SHARED, 3)
        if code:
            time.sleep(0.01)  # it moves, or has been pulled and comes back with another number
            known = SCardListReaders(ctx, [])[1] or []
            alike = [one for one in known if (one[:-6], one[-2:]) == (name[:-6], name[-2:])]
            name = alike[0] if alike else name
            continue
        pci = SCARD_PCI_T1 if protocol == 2 else SCARD_PCI_T0
        SCardTransmit(card, pci, list(SELECT))
        if "PIN" in name:
            SCardControl(card, 0x42330006, list(VERIFY))
        for _ in range(20):
            began = time.perf_counter()
            code, answer = SCardTransmit(card, pci, [0, 0xA4, 4, 0, 0])
            times.append(time.perf_counter() - began)
            done[number] += not code
        SCardDisconnect(card, SCARD_LEAVE_CARD)
    SCardReleaseContext(ctx)
threads = [threading.Thread(target=work, args=pair) for pair in enumerate(names)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
times.sort()
answers = [count for count, name in zip(done, names) if name.endswith("00")]
say([answers, times[len(times) * 99 // 100]])
"""


@dataclass(frozen=True)
class Size:
    """The size of a process: memory in KiB, descriptors, threads."""

    memory: int
    descriptors: int
    threads: int

    @classmethod
    def of(cls, pid: int) -> Size:
        status = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        )
        descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
        return cls(int(status["VmRSS"].split()[0]), descriptors, int(status["Threads"]))


class Soak:
    """The world, and its users for a while."""

    def __init__(self, folder: Path) -> None:
        places = [word for model, card in READERS for word in ("-r", model, "-c", card)]
        sinks = ["--trace", f"{folder}/trace", "--trace-limit", "20M", "--pcap", f"{folder}/pcap",
                 "--pcap-limit", "20M"]  # fmt: skip
        self.serving = subprocess.Popen(
            [*VCARD, "serve", *places, *sinks], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip
        assert self.serving.stdout is not None
        words = self.serving.stdout.readline().removeprefix("export ").split()
        self.environ = dict(word.split("=", 1) for word in words)
        self.panel = subprocess.Popen(
            [*VCARD, "panel"], env={**os.environ, **self.environ}, stdout=subprocess.PIPE, text=True
        )
        assert self.panel.stdout is not None
        self.url = self.panel.stdout.readline().split()[-1]
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        with (
            suppress(httpx.HTTPError),
            httpx.stream("GET", f"{self.url}events", timeout=None) as news,
        ):
            for _ in news.iter_lines():
                pass

    def work(self, seconds: float) -> tuple[list[int], float]:
        """Let everybody work; how many answers each reader gave, and the time of the slow ones."""
        over = threading.Event()
        users = [
            threading.Thread(target=user, args=(over,))
            for user in (self._type, self._move, self._pull)
        ]
        for user in users:
            user.start()
        with Program(self.environ, f"SECONDS = {seconds}\n" + CLIENT) as client:
            done, slow = client.hear(seconds + SAYS_WITHIN_S)
        over.set()
        for user in users:
            user.join(END_S)
        return done, slow

    def do(self, verb: str, **arguments: object) -> None:
        with suppress(ControlError), Control(Path(self.environ[VARIABLE])) as control:
            control.do(verb, **arguments)

    def _type(self, over: threading.Event) -> None:
        while not over.wait(0.02):
            self.do("wait", condition="pin-entry", reader=PINPAD, timeout=0.5)
            self.do("pin", pin="1234", reader=PINPAD)

    def _move(self, over: threading.Event) -> None:
        while not over.wait(0.2):
            self.do("swap", reader=MOVED)
            self.do("eject", reader=MOVED)
            self.do("insert", reader=MOVED)

    def _pull(self, over: threading.Event) -> None:
        if hotplug.why_not() is not None:
            return
        while not over.wait(1.0):
            self.do("unplug", reader=PULLED)
            self.do("plug", reader=PULLED)

    def settled(self) -> Size:
        """The size of the world once all connections are closed."""
        sizes: list[Size] = []

        def still() -> bool:
            sizes.append(Size.of(self.serving.pid))
            last = [(size.descriptors, size.threads) for size in sizes[-5:]]
            return len(last) == 5 and len(set(last)) == 1

        wait_until(still, 10.0, 0.2)
        return sizes[-1]

    def close(self) -> int:
        self.serving.send_signal(signal.SIGTERM)
        status = self.serving.wait(END_S)
        self.panel.wait(END_S)
        return status


def soak(folder: Path, first_s: float, then_s: float, most: int) -> str:
    """Work, measure, work on, measure again; says what was measured."""
    made = Soak(folder)
    try:
        done, slow = made.work(first_s)
        before = made.settled()
        more, slower = made.work(then_s)
        after = made.settled()
    finally:
        status = made.close()
    told = f"{sum(done)} then {sum(more)} answers, p99 {slow:.4f} s then {slower:.4f} s"
    told += f", {before} then {after}"
    assert status == 0, told
    assert all(done), told
    assert all(more), told
    assert after.descriptors <= before.descriptors + COMING, told
    assert after.threads <= before.threads + COMING, told
    assert after.memory - before.memory <= most, told
    assert slower < 3 * slow + 0.05, told
    return told


@pytest.mark.slow
@pytest.mark.pcsc
def test_a_world_at_work_grows_in_nothing(tmp_path: Path) -> None:
    soak(tmp_path, 15, 45, 3000)


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as place:
        sys.stdout.write(soak(Path(place), 60, float(sys.argv[1]) - 60, 1024) + "\n")
