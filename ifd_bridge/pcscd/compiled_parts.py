"""The compiled parts: the handler that pcscd loads, and the libraries that are preloaded.

They are plain shared objects beside the modules: no Python loads them, so that one wheel does for
every Python.
"""

from __future__ import annotations

from pathlib import Path

from .daemon import PcscdError

BRIDGE = Path(__file__).parents[1]
PARTS = {
    "handler": ("ifdh/handler.so", "libpcsclite-dev"),
    "fake_libudev": ("pcscd/fake_libudev.so", "gcc"),
    "fake_libusb": ("faces/fake_libusb.so", "libusb-1.0-0-dev"),
}
"""The path of each part, and the Debian package that building it needs."""


def extension(part: str) -> Path:
    """The path of a compiled part; PcscdError if it was not built."""
    file, package = PARTS[part]
    path = BRIDGE / file
    if not path.exists():
        raise PcscdError(
            f"{path} is not built: apt install {package}, then pip install . again"
            " (in a checkout: python setup.py build_ext --inplace)"
        )
    return path
