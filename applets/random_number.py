"""An applet that returns random bytes.

Spec: ISO/IEC 7816-4, 11.5.3 (GET CHALLENGE).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from applets.shared.card_kind import CardKind, Names
from vcard import SW, Applet, Command, Reply, handles

T0_ATR = bytes.fromhex("3B0780657663617264")
"""T=0 alone. The sample programs that read random bytes were written for such cards."""


class RandomNumber(Applet):
    """Answers GET CHALLENGE (INS 84, class 00 or 80) with Le random bytes.

    `source` returns a number of random bytes (1..65536); the default is the system's generator.
    """

    aid = bytes.fromhex("F076636172640084")
    section = "RandomNumber"

    def __init__(self, source: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._source = source

    @handles(ins=0x84, p1=0, p2=0)
    def get_challenge(self, command: Command) -> Reply:
        """Return Le random bytes; 6700 if there are data, or no Le."""
        if command.data or command.le is None:
            return SW.WRONG_LENGTH
        return self._source(command.le)


KIND = CardKind(
    "random",
    "Returns random bytes for GET CHALLENGE, without a SELECT; uses T=0.",
    applet=RandomNumber,
    names=Names({RandomNumber.aid: "random number"}),
    atr=T0_ATR,
    answers_unselected=True,
)
