"""The character level: the host runs both protocols byte by byte.

As with the genuine driver, no IFSD is negotiated, PINs are not put into blocks, and an APDU of
case 4 is refused at T=0.

Spec: USB CCID 1.1, 3.2.1, 6.1.4 (wLevelParameter: how many characters are wanted).
"""

from __future__ import annotations

from typing import ClassVar

from vcard.atr.atr import Atr
from vcard.transmission.steps import Done, Send
from vcard.transmission.t0_host import T0Host
from vcard.transmission.t1_block import PROLOGUE

from ..ifdh.api import Answer, Code
from .host_protocol import HostProtocol
from .link import NO_ANSWER, Reply

HEADER, ICCD_A = 5, 1
"""Bytes of a TPDU's header; bInterfaceProtocol of a token that counts characters itself."""


class CharacterLevel(HostProtocol):
    """The reader sends characters and waits for as many as it is told."""

    pps_level: ClassVar[int] = 4

    def negotiate(self, atr: Atr) -> Code:  # noqa: ARG002 - 32 bytes each way, whatever it says
        """Do nothing: both sizes stay as they were."""
        return Code.SUCCESS

    def transmit_t0(self, command: bytes, timeout_s: float | None) -> Answer:
        """A TPDU of case 1, 2 or 3; to a token of version A case 4 as well, without its Le."""
        if self.reader.model.interface_protocol == ICCD_A and len(command) > HEADER:
            command = command[: HEADER + command[HEADER - 1]]
        engine = T0Host()
        step = engine.start(command)
        while isinstance(step, Send):
            reply = self.link.block(step.data, step.want, timeout_s=timeout_s)
            if not reply.ok:
                return Answer(reply.code)
            step = engine.receive(reply.data)
        if isinstance(step, Done):
            return Answer(Code.SUCCESS, step.response)
        return Answer(Code.COMMUNICATION_ERROR)

    def carry(self, send: Send, timeout_s: float) -> Reply:
        """The prologue of the card's block first; it tells how much follows."""
        head = self.link.block(send.data, PROLOGUE, send.wtx, timeout_s)
        if not head.ok:
            return head
        if len(head.data) < PROLOGUE:
            return NO_ANSWER
        tail = self.link.block(b"", head.data[2] + self.t1.epilogue, send.wtx, timeout_s)
        return Reply(tail.code, head.data + tail.data, tail.status, tail.error) if tail.ok else tail
