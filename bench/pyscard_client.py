"""The client in Python, with pyscard: `command READER COUNT HEX`, as in client.c."""

from __future__ import annotations

import sys
import time

from smartcard.System import readers


def main() -> None:
    """Print the duration of each command in ns."""
    _, reader, count, text = sys.argv[1:]
    command = list(bytes.fromhex(text))
    connection = readers()[int(reader)].createConnection()
    connection.connect()
    for _ in range(int(count) // 10 + 1):
        connection.transmit(command)
    for _ in range(int(count)):
        before = time.monotonic_ns()
        connection.transmit(command)
        print(time.monotonic_ns() - before)


if __name__ == "__main__":
    main()
