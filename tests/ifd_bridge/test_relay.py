"""A real card, in a real reader, shown in a virtual one."""

import os
import subprocess
import sys

NO_PCSCD = "from ifd_bridge.relay import RelaySlot; RelaySlot('Reader')"


def test_no_pcscd_to_relay_from_is_said():
    run = subprocess.run(
        [sys.executable, "-c", NO_PCSCD],
        env=os.environ | {"PCSCLITE_CSOCK_NAME": "/nonexistent/pcscd.comm"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "RuntimeError: no PC/SC to relay from: " in run.stderr
