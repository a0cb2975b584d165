"""Run tshark on captures."""

import shutil
import subprocess

import pytest

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is missing")

ISO_7816 = ("-d", "usbccid.subdissector,iso7816")


def read(path, *options):
    """Return the output of tshark for a capture file."""
    done = subprocess.run(
        ["tshark", "-r", str(path), *ISO_7816, *options],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return done.stdout


def malformed(path):
    """Return the packets that tshark cannot dissect."""
    return read(path, "-Y", "_ws.malformed").splitlines()
