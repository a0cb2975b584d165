"""PC/SC calls for test programs: the names of pyscard's scard, and checks of results.

Import it in the program's own process: libpcsclite reads its environment once per process.
"""

import json
import sys
import time

from smartcard.scard import *  # noqa: F403 - a program of a test calls any of it
from smartcard.scard import (
    SCARD_E_TIMEOUT,
    SCARD_E_UNKNOWN_READER,
    SCARD_E_UNSUPPORTED_FEATURE,
    SCARD_S_SUCCESS,
    SCARD_STATE_UNAWARE,
    SCardGetStatusChange,
)

PASSING = (SCARD_E_UNKNOWN_READER, SCARD_E_UNSUPPORTED_FEATURE)
TRIES = 1000
END, AGAIN = 20.0, 0.05


def say(value):
    print(json.dumps(value), flush=True)


def hear():
    return sys.stdin.readline()


def hexed(code):
    return hex(code & 0xFFFFFFFF)


def check(result):
    """Return a call's results after its code, which must be SCARD_S_SUCCESS."""
    code, *rest = result
    assert code == SCARD_S_SUCCESS, hexed(code)
    return rest[0] if len(rest) == 1 else rest


def status_change(context, timeout_ms, states):
    """SCardGetStatusChange, asked again where pcsc-lite 2.5 fails as a card moves."""
    for _ in range(TRIES):
        code, found = SCardGetStatusChange(context, timeout_ms, states)
        if code not in PASSING:
            break
    return code, found


def settled(context, reader, bits, before=None):
    """Wait until a state has one of `bits`, and the event counter has moved on to `before`.

    pcsc-lite compares only counters other than 0: before the first counted movement it does not
    report a swap, so the state is polled.
    """
    state, end = SCARD_STATE_UNAWARE, time.monotonic() + END
    while True:
        wait = END if state >> 16 else AGAIN
        code, [(_, state, _)] = status_change(context, int(1000 * wait), [(reader, state)])
        if code == SCARD_E_TIMEOUT and time.monotonic() < end:
            state = SCARD_STATE_UNAWARE
            continue
        check((code,))
        if state & bits and (before is None or state >> 16 >= before):
            return state
