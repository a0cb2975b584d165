"""Measures readers as USB devices: messages and attachments per second over USB/IP.

The host is PyPI's `usbip`, which needs neither a kernel nor root; the server runs in its own
process. The figures do not include a kernel's share.

    python -m bench.usb [--messages N]
"""

from __future__ import annotations

import argparse
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

SELECT = bytes.fromhex("00A404000AA00000006203010C0601")
ROOM = 65_554
POWER_ON, XFR_BLOCK = 0x62, 0x6F
ATTACHMENTS = 50
LET_GO_S = 5.0


@contextmanager
def served() -> Iterator[int]:
    """Run a server with a hello card; yield its TCP port."""
    command = [sys.executable, "-m", "ifd_bridge.cli", "serve", "--usb", "ip:0", "--card", "hello"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        server.stdout.readline()
        port = server.stdout.readline().split("--tcp-port ")[1].split()[0]
        try:
            yield int(port)
        finally:
            server.terminate()


def attached(port: int) -> Any:
    """Attach the reader as soon as the server has noticed that its previous host left."""
    from usbip import core, host
    from usbip.transport import USBIP

    end = time.monotonic() + LET_GO_S
    while True:
        try:
            handle = host.open(0x1209, 1, transport=USBIP("127.0.0.1", port))
            break
        except core.NotFound:
            if time.monotonic() >= end:
                raise
    handle.conn.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return handle


def ask(handle: Any, seq: int, kind: int, data: bytes = b"") -> bytes:
    """Send one message and fetch its answer."""
    head = bytes((kind, *len(data).to_bytes(4, "little"), 0, seq % 256, 0, 0, 0))
    handle.bulk_out(1, head + data)
    answer: bytes = handle.bulk_in(0x82, ROOM)
    assert answer[7] == 0
    return answer


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--messages", type=int, default=3000)
    options = parser.parse_args()
    with served() as port:
        begin = time.perf_counter()
        for _ in range(ATTACHMENTS):
            attached(port).conn.sock.close()
        attaching = (time.perf_counter() - begin) / ATTACHMENTS
        handle = attached(port)
        ask(handle, 0, POWER_ON)
        ask(handle, 1, XFR_BLOCK, SELECT)
        begin = time.perf_counter()
        for number in range(options.messages):
            ask(handle, number, XFR_BLOCK, bytes(4))
        each = (time.perf_counter() - begin) / options.messages
    print(f"usbip, PyPI's host      {1 / each:8.0f} messages/s  {each * 1e6:6.0f} us each")
    print(f"usbip, attach           {attaching * 1e3:8.2f} ms")
    return 0


if __name__ == "__main__":
    sys.exit(main())
