"""`python -m mutants`: make small changes to the code, and check that its tests notice them."""

from __future__ import annotations

import argparse
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from .positions import Mutant, sample
from .trial import NOTHING, OWN, Trial, described

ROOT = Path(__file__).resolve().parents[1]
EQUAL = Path(__file__).parent / "equal.txt"
PACKAGES = (
    "vcard",
    "readers",
    "applets",
    "ifd_bridge/driver",
    "ifd_bridge/explain",
    "ifd_bridge/trace",
)
ALSO = (
    "ifd_bridge/spec.py", "ifd_bridge/ifdh/frames.py", "ifd_bridge/faces/usbip_frames.py",
    "ifd_bridge/faces/usbredir_frames.py", "ifd_bridge/faces/slot_changes.py",
    "ifd_bridge/faces/outgoing.py", "ifd_bridge/cards/file_store.py",
    "ifd_bridge/cards/vpcd/messages.py", "ifd_bridge/worlds/model_text.py",
    "ifd_bridge/pcscd/private_directory.py", "ifd_bridge/system/written_file.py",
)  # fmt: skip
"""Further modules without I/O, or on which saved files depend."""


def modules(wanted: Iterable[str]) -> list[Path]:
    """The modules with a test file of their own, relative to the root."""
    found: list[Path] = []
    for name in wanted:
        place = ROOT / name
        found += [place] if place.is_file() else sorted(place.rglob("*.py"))
    paths = [path.relative_to(ROOT) for path in found]
    return [path for path in paths if (ROOT / "tests" / path.parent / f"test_{path.name}").exists()]


def equal() -> set[str]:
    """Return the equivalent mutants, without line numbers and reasons."""
    lines = EQUAL.read_text().splitlines() if EQUAL.exists() else []
    return {line.partition("  #")[0].strip() for line in lines if line.strip()}


def tried(chosen: Iterable[Mutant], workers: int) -> dict[Mutant, str]:
    """Return what notices each change; an interrupt ends with the results so far."""
    waiting: SimpleQueue[Mutant] = SimpleQueue()
    for mutant in chosen:
        waiting.put(mutant)
    results: dict[Mutant, str] = {}

    def work() -> None:
        with Trial(ROOT) as trial:
            while True:
                try:
                    mutant = waiting.get_nowait()
                except Empty:
                    return
                code = mutant.code((ROOT / mutant.path).read_text())
                if code is not None:
                    results[mutant] = trial.noticed(mutant.path, code)
                    told(mutant, results[mutant])

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    with suppress(KeyboardInterrupt):
        for thread in threads:
            thread.join()
    with suppress(Empty):
        while True:
            waiting.get_nowait()
    return dict(results)  # an interrupted thread may finish one more


def told(mutant: Mutant, noticed: str) -> None:
    """Print a survivor as soon as it is found: a run of all changes takes hours."""
    text = described(mutant, (ROOT / mutant.path).read_text())
    if noticed == NOTHING and _without_line(text) not in equal():
        sys.stdout.write(f"survives: {text}\n")
        sys.stdout.flush()


def report(results: dict[Mutant, str]) -> int:
    """Print the score of each package; return the number of survivors that count."""
    known, total, own, killed = equal(), Counter[str](), Counter[str](), Counter[str]()
    for mutant, noticed in results.items():
        text = described(mutant, (ROOT / mutant.path).read_text())
        if noticed == NOTHING and _without_line(text) in known:
            continue
        package = "/".join(mutant.path.parts[: 2 if mutant.path.parts[0] == "ifd_bridge" else 1])
        for name in (package, "all"):
            total[name] += 1
            own[name] += noticed == OWN
            killed[name] += noticed != NOTHING
    for package in sorted(total, key=lambda name: (name == "all", name)):
        sys.stdout.write(
            f"{package:28} {killed[package]:5} of {total[package]:5} killed,"
            f" {own[package]:5} of them by the module's own test file\n"
        )
    return total["all"] - killed["all"]


def _without_line(text: str) -> str:
    place, _, change = text.partition(": ")
    return f"{place.rpartition(':')[0]}: {change}"


def main() -> None:
    """Run a sample by seed, or all changes of the named modules."""
    parser = argparse.ArgumentParser(prog="python -m mutants", description=__doc__)
    parser.add_argument("places", nargs="*", help="packages or modules; default: all that count")
    parser.add_argument("--sample", type=int, default=150, help="so many changes; 0 is all of them")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kind", action="append", help="only such, as ReplaceFalse or RemoveCall")
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    paths = modules(given.places or (*PACKAGES, *ALSO))
    chosen = sample(ROOT, paths, given.sample, given.seed, tuple(given.kind or [""]))
    sys.exit(1 if report(tried(chosen, given.workers)) else 0)


if __name__ == "__main__":
    main()
