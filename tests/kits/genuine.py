"""The genuine driver of this machine: which release it is, so that ours is compared as that one."""

from __future__ import annotations

import plistlib
from functools import cache
from pathlib import Path

from ifd_bridge.driver.options import DriverOptions
from ifd_bridge.driver.release import Release

INFO = Path("/usr/lib/pcsc/drivers/ifd-ccid.bundle/Contents/Info.plist")


@cache
def release() -> Release:
    """The release of libccid that is installed."""
    return Release.parse(plistlib.loads(INFO.read_bytes())["CFBundleShortVersionString"])


def options(driver: str) -> DriverOptions:
    """Options with which `driver` behaves as the genuine driver of this machine."""
    return DriverOptions(release=release()) if driver == "bridge" else DriverOptions()
