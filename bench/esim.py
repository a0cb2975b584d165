"""Measures the eSIM without readers: idle eUICCs in a GiB, downloads in a second on one core.

    python -m bench.esim [--cards N] [--downloads N]

Both sides of a download are counted: the card and the stand-in for the server (tests/esim).
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from functools import partial

from applets.esim import Euicc
from applets.esim.cards import demo_profiles
from applets.esim.eid import numbered
from applets.esim.pki import Pki
from tests.esim.lpa import Lpa
from tests.esim.package import package
from tests.esim.smdp import Smdp

GOAL_PER_GIB = 2000


def resident() -> int:
    """Bytes of memory in use, now and not at most."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 - a line of numbers
        return int(file.read().split()[1]) * resource.getpagesize()


def idle(count: int) -> tuple[float, float]:
    """eUICCs per GiB, and seconds to make one with its own certificate."""
    hierarchy, profiles = Pki.demo(numbered(0)), demo_profiles()
    cards = []
    before, began = resident(), time.perf_counter()
    for number in range(1, count + 1):
        eid = numbered(number)
        card = Euicc(profiles, enable=1, eid=eid, pki=hierarchy.for_eid(eid))
        card.power_up()
        card.exchange(bytes.fromhex("00A40004023F00"))
        cards.append(card)
    spent = time.perf_counter() - began
    return count * 2**30 / max(1, resident() - before), spent / count


def downloads(count: int) -> tuple[float, int]:
    """Whole downloads in a second (both sides), and APDUs for one."""
    eid = numbered(0)
    pki, elements = Pki.demo(eid), package(filler=8000)
    server = partial(Smdp, pki, elements=elements)
    apdus = 0
    began = time.perf_counter()
    for _ in range(count):
        lpa = Lpa(Euicc(eid=eid, pki=pki)).start()
        assert lpa.download(server()).find(0xBF27, 0xA2, 0xA0)
        apdus = lpa.apdus
    return count / (time.perf_counter() - began), apdus


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 if the goal for idle cards is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cards", type=int, default=300)
    parser.add_argument("--downloads", type=int, default=50)
    wanted = parser.parse_args(arguments)
    per_gib, each = idle(wanted.cards)
    rate, apdus = downloads(wanted.downloads)
    print(f"idle eUICCs per GiB      {per_gib:10.0f}   goal {GOAL_PER_GIB}")
    print(f"making one               {each * 1e3:10.1f} ms, with its own key and certificate")
    print(f"downloads per second     {rate:10.1f}   of 8 kB and {apdus} APDUs, card and server")
    return 0 if per_gib >= GOAL_PER_GIB else 1


if __name__ == "__main__":
    raise SystemExit(main())
