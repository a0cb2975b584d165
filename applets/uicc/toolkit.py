"""Proactive commands: the REFRESH that tells a terminal that the profile has changed.

Spec: ETSI TS 102 223, 6.4.7 and 6.6.13 (REFRESH); ETSI TS 102 221, 7.4.2 (91xx, FETCH).
"""

from __future__ import annotations

from vcard import SW, Reply, Response

REFRESH = bytes.fromhex("D009 8103010104 82028182")
"""UICC to terminal: REFRESH, UICC reset."""


class Cat:
    """What each port has to say to the terminal.

    A refresh is announced only to a terminal that asked for it (`proactive`); otherwise the change
    is applied and nothing more is said.
    """

    def __init__(self, *, proactive: bool) -> None:
        self.proactive = proactive
        self._waiting: dict[int, bytes] = {}
        self._fetched: dict[int, bytes] = {}
        self._started: set[int] = set()

    def reset(self, port: int) -> None:
        """Nothing is to be said on a port after its reset."""
        self._waiting.pop(port, None)
        self._fetched.pop(port, None)
        self._started.discard(port)

    def refresh(self, port: int) -> None:
        """Ask the terminal to read the card anew."""
        if self.proactive:
            self._waiting[port] = REFRESH

    def busy(self, *ports: int) -> bool:
        """True between FETCH and TERMINAL RESPONSE on one of the ports."""
        return any(port in self._fetched for port in ports)

    def changing(self, port: int) -> bool:
        """True while this port's terminal has yet to fetch a refresh, or any to do one."""
        return port in self._waiting or bool(self._fetched)

    def started(self, port: int) -> bool:
        """Whether a terminal has introduced itself on a port."""
        return port in self._started

    def status(self, port: int) -> SW:
        """91xx if a command waits, else 9000."""
        waiting = self._waiting.get(port)
        return SW(0x9100 | len(waiting)) if waiting else SW.OK

    def announce(self, port: int) -> Reply:
        """The answer to TERMINAL PROFILE."""
        self._started.add(port)
        return self.status(port)

    def fetch(self, port: int) -> Reply:
        """The waiting command; 6F00 if none was announced."""
        waiting = self._waiting.pop(port, None)
        if waiting is None:
            return SW.NO_PRECISE_DIAGNOSIS
        self._fetched[port] = waiting
        return Response(waiting)

    def respond(self, port: int) -> Reply:
        """The answer to TERMINAL RESPONSE."""
        self._fetched.pop(port, None)
        return self.status(port)
