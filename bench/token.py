"""Measures the memory of an idle token.

    python -m bench.token [--check]

Only Python's allocations are counted; keys are parsed into OpenSSL at their first use.
"""

from __future__ import annotations

import gc
import sys
import tracemalloc
from collections.abc import Callable

from applets.fido2 import Fido2
from applets.openpgp import OpenPgp
from applets.yubikey import YubiKey
from vcard import Card

COUNT, GOAL = 20, 60_000
"""Number of tokens, and the limit of an idle one in bytes."""
TOKENS: dict[str, Callable[[], Card]] = {
    "YubiKey": YubiKey,
    "OpenPGP card": lambda: OpenPgp().on_card(),
    "security key": lambda: Fido2().on_card(),
}


def idle(make: Callable[[], Card]) -> float:
    """Return the bytes per card of some powered, idle cards."""
    make().power_up()  # load what they share
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    cards = [make() for _ in range(COUNT)]
    for card in cards:
        card.power_up()
    gc.collect()
    taken = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    return taken / len(cards)


def main() -> int:
    """Print the figures; return 1 if the goal was missed and --check is given."""
    missed = False
    for name, make in TOKENS.items():
        taken = idle(make)
        missed = missed or taken > GOAL
        verdict = "GOAL MISSED" if taken > GOAL else "goal met"
        print(f"an idle {name}: {taken / 1000:.1f} kB  ({verdict}: {GOAL / 1000:.0f} kB)")
    return int(missed and "--check" in sys.argv)


if __name__ == "__main__":
    sys.exit(main())
