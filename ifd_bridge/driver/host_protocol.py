"""Levels at which the host runs T=0 and T=1 itself; each defines how bytes reach the card.

Spec: ISO/IEC 7816-3, 11 (T=1).
"""

from __future__ import annotations

from vcard.atr.atr import Atr
from vcard.atr.values import T0, T1, Edc
from vcard.transmission.steps import Done, Send, Step
from vcard.transmission.t1_host import HostEnd

from ..ifdh.api import Answer, Code, ScardProtocol
from . import atr_rules
from .apdu_levels import Level
from .known_reader import KnownReader
from .link import Link, Reply

PARITY = 0xFD


class HostProtocol(Level):
    """The common base of the TPDU level and the character level."""

    def __init__(self, link: Link, reader: KnownReader) -> None:
        super().__init__(link, reader)
        self.t1 = HostEnd()
        self.protocol: int | None = None

    def powered(self) -> None:
        """Reset sequence numbers, sizes and the NAD."""
        self.t1 = HostEnd()
        self.protocol = None

    def protocol_set(self, protocol: int, atr: Atr) -> Code:
        """At T=1: the error detection code, and what `negotiate` settles."""
        self.protocol = T0 if protocol == ScardProtocol.T0 else T1
        if self.protocol != T1:
            return Code.SUCCESS
        self.t1.edc = Edc.CRC if atr_rules.uses_crc(atr) else Edc.LRC
        return self.negotiate(atr)

    def negotiate(self, atr: Atr) -> Code:
        """Settle what each side takes in one block of T=1."""
        raise NotImplementedError

    def transmit(self, command: bytes, protocol: int, timeout_s: float | None = None) -> Answer:
        """A TPDU of T=0, or an APDU in blocks of T=1."""
        if protocol == T0:
            return self.transmit_t0(command, timeout_s)
        if protocol != T1:
            return Answer(Code.PROTOCOL_NOT_SUPPORTED)
        if not command:
            return Answer(Code.COMMUNICATION_ERROR)
        end = self.run(self.t1.start(command), timeout_s)
        if isinstance(end, Done):
            return Answer(Code.SUCCESS, end.response)
        return Answer(Code.COMMUNICATION_ERROR)

    def transmit_t0(self, command: bytes, timeout_s: float | None) -> Answer:
        """Exchange a TPDU of T=0; 61xx and 6Cxx are the client's business."""
        raise NotImplementedError

    def run(self, step: Step, timeout_s: float | None) -> Step:
        """Carry blocks of T=1 until the exchange is done or has failed."""
        while isinstance(step, Send):
            reply = self.carry(step, self.patience_s(step.wtx, timeout_s))
            if reply.ok:
                step = self.t1.receive(reply.data)
            else:
                step = self.t1.receive(None, parity=reply.error == PARITY)
        return step

    def patience_s(self, wtx: int, timeout_s: float | None) -> float:
        """Return the time limit of a block in seconds, with the extension that it has."""
        base = self.link.timeout_s if timeout_s is None else timeout_s
        return base * max(wtx, 1)

    def carry(self, send: Send, timeout_s: float) -> Reply:
        """Send a block of T=1 to the card, and fetch its answer."""
        raise NotImplementedError
