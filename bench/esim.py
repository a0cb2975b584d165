"""Measures the eSIM: idle eUICCs in a GiB, downloads on one core, and through readers.

    python -m bench.esim [--cards N] [--downloads N] [--through N]

In-process figures include both sides of a download: the card and the stand-in server (tests/esim).
Through readers the assistant is a program beside a private pcscd, once with our reader and once
with Debian's vpcd and the same card; skipped without vpcd.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from statistics import median

from applets.esim import Euicc
from applets.esim.cards import demo_profiles
from applets.esim.eid import numbered
from applets.esim.pki import Pki
from ifd_bridge import endpoint
from ifd_bridge.cli.progress import counted
from readers import CcidReader, models
from tests.kits.esim.lpa import Lpa
from tests.kits.esim.package import package
from tests.kits.esim.smdp import Smdp
from tests.kits.esim.wire import Wire
from tests.kits.pcsc.client import PRESENT, Client

from . import worlds

GOAL_PER_GIB, GOAL_VPCD = 2000, 5.0
EID = numbered(0)
FILLER = 8000


def resident() -> int:
    """Return the memory in use now, in bytes (not the peak)."""
    with open("/proc/self/statm") as file:  # noqa: PTH123 - a line of numbers
        return int(file.read().split()[1]) * resource.getpagesize()


def idle(count: int) -> tuple[float, float]:
    """Return eUICCs per GiB, and the seconds to make one with its own certificate."""
    hierarchy, profiles = Pki.demo(numbered(0)), demo_profiles()
    cards = []
    before, began = resident(), time.perf_counter()
    for number in counted(count, "cards"):
        eid = numbered(number + 1)
        card = Euicc(profiles, enable=1, eid=eid, pki=hierarchy.for_eid(eid))
        card.power_up()
        card.exchange(bytes.fromhex("00A40004023F00"))
        cards.append(card)
    spent = time.perf_counter() - began
    return count * 2**30 / max(1, resident() - before), spent / count


def server() -> Callable[[], Smdp]:
    """Return a factory of servers with a package of some size."""
    return partial(Smdp, Pki.demo(EID), elements=package(filler=FILLER))


def downloads(count: int) -> tuple[float, int]:
    """Return whole downloads per second (both sides), and the APDUs of one."""
    pki, make = Pki.demo(EID), server()
    apdus = 0
    began = time.perf_counter()
    for _ in counted(count, "downloads"):
        lpa = Lpa(Euicc(eid=EID, pki=pki)).start()
        assert lpa.download(make()).find(0xBF27, 0xA2, 0xA0)
        apdus = lpa.apdus
    return count / (time.perf_counter() - began), apdus


def through(environ: dict[str, str], count: int) -> tuple[float, float]:
    """Return the median seconds of a profile list and of a whole download, through PC/SC."""
    lists, whole = [], []
    with Client(environ) as client:
        client.wait(PRESENT)
        lpa = Lpa(Wire(client)).start()
        for _ in range(count):
            made = server()()
            began = time.perf_counter()
            assert lpa.download(made).find(0xBF27, 0xA2, 0xA0)
            whole.append(time.perf_counter() - began)
            began = time.perf_counter()
            (iccid,) = lpa.profiles()
            lists.append(time.perf_counter() - began)
            assert lpa.delete(iccid) == 0
    return median(lists), median(whole)


def by_readers(count: int) -> bool:
    """Print the times of our reader and vpcd; return True if the goal was met."""
    with ExitStack() as stack:
        reader = CcidReader(models.PLAIN)
        reader.insert(Euicc(eid=EID, pki=Pki.demo(EID)))
        pcsc = stack.enter_context(endpoint(reader))
        listed, loaded = through(pcsc.environ, count)
    print(f"by PC/SC, our reader     {loaded:10.3f} s, a list of profiles {listed * 1e3:.1f} ms")
    if not worlds.VPCD.exists():
        print(f"by PC/SC, vpcd           left out: {worlds.VPCD} (vsmartcard-vpcd) is missing")
        return True
    with worlds.vpcd(Euicc(eid=EID, pki=Pki.demo(EID))) as world:
        slow_list, slow = through(world.environ, count)
    print(f"by PC/SC, vpcd           {slow:10.3f} s, a list of profiles {slow_list * 1e3:.1f} ms")
    print(f"a download is faster by  {slow / loaded:10.1f}   goal {GOAL_VPCD}")
    return slow / loaded >= GOAL_VPCD


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; return 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cards", type=int, default=300)
    parser.add_argument("--downloads", type=int, default=50)
    parser.add_argument("--through", type=int, default=3)
    wanted = parser.parse_args(arguments)
    per_gib, each = idle(wanted.cards)
    rate, apdus = downloads(wanted.downloads)
    print(f"idle eUICCs per GiB      {per_gib:10.0f}   goal {GOAL_PER_GIB}")
    print(f"making one               {each * 1e3:10.1f} ms, with its own key and certificate")
    print(f"downloads per second     {rate:10.1f}   of 8 kB and {apdus} APDUs, card and server")
    met = by_readers(wanted.through)
    return 0 if met and per_gib >= GOAL_PER_GIB else 1


if __name__ == "__main__":
    raise SystemExit(main())
