"""The release of this machine's genuine driver, so that ours is compared as the same release."""

from __future__ import annotations

import plistlib
from functools import cache
from pathlib import Path

from ifd_bridge.driver.options import DriverOptions, Release

INFO = Path("/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist")
SERIAL_CRASHES = Release(1, 8, 0), Release(1, 8, 4)
"""The first and the last release whose serial driver ends pcscd when it opens several readers."""


def ends_pcscd(driver: str) -> str | None:
    """Return why a driver of this machine cannot be tested with several readers; None if it can."""
    first, last = SERIAL_CRASHES
    if driver == "libccid-serial" and first <= release() <= last:
        return f"libccid-serial {release()} ends pcscd when it opens several readers"
    return None


@cache
def release() -> Release:
    """The release of libccid that is installed."""
    return Release.parse(plistlib.loads(INFO.read_bytes())["CFBundleShortVersionString"])


def options(driver: str) -> DriverOptions:
    """Options with which `driver` behaves as the genuine driver of this machine."""
    return DriverOptions(release=release()) if driver == "bridge" else DriverOptions()
