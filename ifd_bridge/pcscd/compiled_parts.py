"""The compiled parts: the handler that pcscd loads, and the libraries that are preloaded."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from .daemon import PcscdError

PARTS = {
    "handler": ("ifd_bridge.ifdh.handler", "libpcsclite-dev"),
    "fake_libudev": ("ifd_bridge.pcscd.fake_libudev", "gcc"),
    "fake_libusb": ("ifd_bridge.faces.fake_libusb", "libusb-1.0-0-dev"),
}
"""Each part's module name, and the Debian package that building it needs."""


def extension(part: str) -> Path:
    """The path of a compiled part; PcscdError if it was not built."""
    module, package = PARTS[part]
    found = find_spec(module)
    if found is None or found.origin is None:
        raise PcscdError(
            f"{module} is not built: apt install {package}, then pip install . again"
            " (in a checkout: python setup.py build_ext --inplace)"
        )
    return Path(found.origin)
