"""A PC/SC client in its own process, controlled call by call.

libpcsclite reads its environment once for each process, and a test wants to press keys while a
client waits. So this file is both: run as a program it makes calls of pyscard's scard module, one
for each line of JSON; imported it is the class Client that starts and steers that program.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor

from tests.kits.pcsc.program import Process

END, AGAIN_S = 60.0, 0.05
COUNTER = 16
"""The event counter is in the high half of a state."""
OK = 0
NO_SMARTCARD, INSUFFICIENT_BUFFER = 0x8010000C, 0x80100008
NOT_TRANSACTED, UNSUPPORTED_FEATURE = 0x80100016, 0x8010001F
RESET_CARD, REMOVED_CARD, PROTO_MISMATCH = 0x80100068, 0x80100069, 0x8010000F
SHARED, DIRECT, EXCLUSIVE = 2, 3, 1
LEAVE, RESET, UNPOWER = 0, 1, 2
TIMEOUT = 0x8010000A
T0, T1 = 1, 2
EMPTY, PRESENT, MUTE = 0x10, 0x20, 0x200


class ScardError(Exception):
    """A call that did not return SCARD_S_SUCCESS; `code` says what."""

    def __init__(self, code):
        super().__init__(f"{code:#x}")
        self.code = code


class Client(Process):
    """One PC/SC context and at most one card handle."""

    def __init__(self, environ):
        super().__init__(environ, "-m", "tests.kits.pcsc.client")
        self.pool = ThreadPoolExecutor(1)
        self.context = self.call("SCardEstablishContext", 0)
        self.card = None
        self.protocol = 0

    def __exit__(self, *fault):
        super().__exit__(*fault)
        self.pool.shutdown()

    def call(self, name, *arguments):
        """Call a function of scard; return its results after the code, or raise ScardError."""
        self.say(json.dumps([name, *arguments]))
        code, *values = self.hear()
        if code:
            raise ScardError(code & 0xFFFFFFFF)
        return values[0] if len(values) == 1 else values

    def later(self, work, *arguments) -> Future:
        """Run a function in another thread; `result(END)` waits for it."""
        return self.pool.submit(work, *arguments)

    @property
    def readers(self):
        return self.call("SCardListReaders", self.context, [])

    def connect(self, reader=0, share=SHARED, protocols=T0 | T1):
        name = self.readers[reader] if isinstance(reader, int) else reader
        self.card, self.protocol = self.call("SCardConnect", self.context, name, share, protocols)
        return self.protocol

    def reconnect(self, action=LEAVE, protocols=T0 | T1, share=SHARED):
        self.protocol = self.call("SCardReconnect", self.card, share, protocols, action)
        return self.protocol

    def disconnect(self, action=LEAVE):
        self.call("SCardDisconnect", self.card, action)

    def transmit(self, command):
        raw = bytes.fromhex(command) if isinstance(command, str) else command
        return bytes(self.call("SCardTransmit", self.card, self.protocol, list(raw)))

    def control(self, code, data=b""):
        return bytes(self.call("SCardControl", self.card, code, list(data)))

    def attribute(self, number):
        return bytes(self.call("SCardGetAttrib", self.card, number))

    def status(self):
        """Reader name, state, protocol, ATR."""
        name, state, protocol, atr = self.call("SCardStatus", self.card)
        return name, state, protocol, bytes(atr)

    def wait(self, bits, reader=0, timeout_s=END, counted=0):
        """Wait until the reader's state has all of `bits`, and this many movements were counted.

        Returns the state. See `calls.settled` for states in which none was counted yet.
        """
        name, state, end = self.readers[reader], 0, time.monotonic() + timeout_s
        while True:
            left = end - time.monotonic()
            wait_s = left if state >> COUNTER else min(left, AGAIN_S)
            try:
                _, state, _ = self.call(
                    "SCardGetStatusChange", self.context, int(wait_s * 1000), [[name, state]]
                )[0]
            except ScardError as refused:
                if refused.code != TIMEOUT or time.monotonic() >= end:
                    raise
                state = 0
                continue
            if state & bits == bits and state >> COUNTER >= counted:
                return state


def _serve():
    from smartcard import scard

    from tests.kits.pcsc.calls import say, status_change

    special = {"SCardGetStatusChange": status_change}
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        if name == "SCardTransmit":
            arguments[1] = {T0: scard.SCARD_PCI_T0, T1: scard.SCARD_PCI_T1}.get(
                arguments[1], scard.SCARD_PCI_RAW
            )
        if name == "SCardGetStatusChange":
            arguments[2] = [tuple(each) for each in arguments[2]]
        result = special.get(name, getattr(scard, name))(*arguments)
        say(result if isinstance(result, list | tuple) else [result])


if __name__ == "__main__":
    _serve()
