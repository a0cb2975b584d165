"""The character level: the host runs the protocols, the reader sends characters and waits.

Spec: USB CCID 1.1, 3.2.1 (character level of exchange): wLevelParameter is how many characters
the host waits for.
"""

from __future__ import annotations

from functools import partial

from vcard.transmission.pps import PPSS

from ..ccid.codes import Error, Level
from ..slot import Job, Refused, Reply
from .tpdu import Tpdu

PPS_BEGINS = bytes((PPSS,))


class Character(Tpdu):
    """Sends characters to the card, and returns as many as the host requests."""

    def transfer(self, job: Job, level: int, data: bytes) -> Reply | None:
        """Send what is there and wait for `level` characters; fewer if the card stops before."""
        if not data and not level:
            raise Refused(Error.BAD_LENGTH)
        wire = self.connect(job)
        wire.outgoing = None
        if self.guesses and wire.end is None and data[:1] != PPS_BEGINS:
            self.guess(job, wire, data)
        return job.work(partial(wire.characters, data, level), self.give)

    def give(self, heard: bytes) -> Reply:
        """Return the received characters; none if none were requested."""
        return self.respond(heard) if heard else (Level.WHOLE, b"")
