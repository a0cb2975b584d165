"""The machine of a run: its hardware, software and load."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

from ifd_bridge.pcscd.daemon import find
from vcard.compiled import form


def state() -> dict[str, object]:
    """Return facts that may explain a difference between two runs."""
    return {
        "commit": _said("git", "describe", "--always", "--dirty"),
        "form": form(),
        "python": platform.python_version(),
        "pcscd": _said(find("pcscd"), "--version").split("\n")[0].removesuffix("."),
        "kernel": platform.release(),
        "processor": _processor(),
        "processors": len(os.sched_getaffinity(0)),
        "governor": _line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"),
        "load": f"{os.getloadavg()[0]:.2f}",
        "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "python3 -c pass (ms)": f"{median(empty_starts(9)):.1f}",
    }


def empty_starts(count: int) -> list[float]:
    """Measure an empty Python process, in ms."""
    return [timed([sys.executable, "-c", "pass"]) for _ in range(count)]


def timed(command: list[str], environ: dict[str, str] | None = None) -> float:
    """Measure a process from start to exit, in ms; CalledProcessError if it fails."""
    began = time.perf_counter()
    subprocess.run(command, env=environ, stdout=subprocess.DEVNULL, check=True, timeout=60)
    return (time.perf_counter() - began) * 1000


def cpu_ns(pid: int) -> int:
    """Return the CPU time of a process in ns, including threads that have ended.

    The clock's id is derived from the process id. Spec: clock_getcpuclockid(3).
    """
    return time.clock_gettime_ns(~pid << 3 | 2)


def children(pid: int) -> dict[int, str]:
    """Return all descendants of a process, with their names."""
    found: dict[int, str] = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, _line(str(task / "children")).split()):
            found[child] = _line(f"/proc/{child}/comm")
            found |= children(child)
    return found


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _line(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""


def _said(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.strip()
