"""An applet that gives random bytes, as many as are asked for.

Spec: ISO/IEC 7816-4, 11.5.3 (GET CHALLENGE).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from vcard import SW, Applet, Command, Reply, handles


class RandomNumber(Applet):
    """Answers GET CHALLENGE (INS 84, class 00 or 80) with Le random bytes.

    `source` is asked for a number of bytes (1..65536); the default is the system's generator.
    """

    aid = bytes.fromhex("F076636172640084")
    section = "RandomNumber"

    def __init__(self, source: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._source = source

    @handles(ins=0x84, p1=0, p2=0)
    def get_challenge(self, command: Command) -> Reply:
        """Le random bytes; 6700 if there are data, or no Le."""
        if command.data or command.le is None:
            return SW.WRONG_LENGTH
        return self._source(command.le)
