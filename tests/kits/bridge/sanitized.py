"""For tests of our C code: a compiler with sanitizers, and a peer in a thread."""

import contextlib
import socket
import subprocess
import threading

SANITIZERS = "-g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra"


def compiled(program, package, sources, *flags):
    """A program or library of these sources, with the headers of a package."""
    found = subprocess.check_output(["pkg-config", "--cflags", package], text=True).split()
    command = ["cc", *SANITIZERS.split(), *found, *sources, "-o", program, *flags]
    subprocess.run(command, check=True)
    return program


def listening(path, serve):
    """A socket whose connections are served each in a thread until `serve` returns or fails."""
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(str(path))
    listener.listen(64)

    def begin(connection):
        with connection, contextlib.suppress(OSError, ValueError):
            serve(connection)

    def accept():
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=begin, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener
