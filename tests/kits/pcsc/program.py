"""A PC/SC program from a test's source text, in its own process."""

import json
import os
import subprocess
import sys
import threading

from tests.source import ROOT

END = 20.0
SAYS_WITHIN_S = 90.0
"""The longest wait for a line: more than any wait that the programs begin themselves."""
PRELUDE = """
import json, sys, threading
from tests.kits.pcsc.calls import *
from tests.kits.pcsc.calls import settled, status_change
ctx = check(SCardEstablishContext(SCARD_SCOPE_USER))
names = check(SCardListReaders(ctx, []))
reader = names[0]
def changed(timeout_ms, states):
    return check(status_change(ctx, timeout_ms, states))
def settle(reader, bits, before=None):
    return settled(ctx, reader, bits, before)
"""


def surroundings(environ):
    """The environment of a program that finds the world of `environ`, and this kit."""
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return {**os.environ, "PYTHONPATH": path, **environ}


class Process:
    """A Python program that reads and writes lines; it ends with the `with` block."""

    def __init__(self, environ, *arguments):
        self.process = subprocess.Popen(
            [sys.executable, *arguments],
            env=surroundings(environ),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self, within_s=SAYS_WITHIN_S):
        """The next line; AssertionError if the program ends, or writes nothing for that many
        seconds. A program that waits for a hanging pcscd is killed.
        """
        watch = threading.Timer(within_s, self.process.kill)
        watch.start()
        try:
            line = self.process.stdout.readline()
        finally:
            watch.cancel()
        assert line, f"the client ended with {self.process.wait(END)} within {within_s} s"
        return json.loads(line)

    def say(self, line=""):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()

    def __enter__(self):
        return self

    def __exit__(self, *fault):
        self.process.kill()
        self.process.communicate()


class Program(Process):
    """Runs `code` after PRELUDE; it says JSON lines (`say`) and hears lines (`hear`)."""

    def __init__(self, environ, code):
        super().__init__(environ, "-c", PRELUDE + code)


def ask(environ, code):
    """Return a program's output until its end, as a list."""
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + code],
        env=surroundings(environ),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]
