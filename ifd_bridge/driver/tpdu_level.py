"""The TPDU level: the host runs T=1 itself, and passes on the client's TPDUs of T=0.

Control code 3600 sets the NAD of the blocks, so that a client can choose an eSIM port; the next
power-up sets it to 0.

Spec: USB CCID 1.1, 6.1.4; ISO/IEC 7816-3, 11 (T=1); libccid, SCARDCONTROL (MEP).
"""

from __future__ import annotations

from readers.ccid.descriptor import Features
from vcard.atr.atr import Atr
from vcard.atr.values import T1
from vcard.transmission.steps import Done, Send
from vcard.transmission.t1_block import MAX_INF, PROLOGUE, Supervision, s_response

from ..ifdh.api import Answer, Code
from . import atr_rules
from .apdu_levels import NAD_CONTROL
from .host_protocol import HostProtocol
from .link import Reply

_SET_NAD, _GET_NAD = bytes.fromhex("3E0001"), bytes.fromhex("3F0000")
_WTX_REQUEST = 0xC0 | Supervision.WTX
_PIN_STATUS_SIZE = 2


class TpduLevel(HostProtocol):
    """The reader takes one TPDU or one block in each message."""

    def negotiate(self, atr: Atr) -> Code:
        """Settle the card's IFSC and the reader's IFSD."""
        self.t1.ifsc = atr_rules.ifsc(atr) or self.t1.ifsc
        if self.reader.has(Features.AUTO_IFSD):
            return Code.SUCCESS
        ifsd = max(1, min(self.reader.max_ifsd, MAX_INF))
        done = isinstance(self.run(self.t1.negotiate(ifsd), None), Done)
        return Code.SUCCESS if done else Code.COMMUNICATION_ERROR

    def transmit_t0(self, command: bytes, timeout_s: float | None) -> Answer:
        """61xx and 6Cxx are the client's business at this level."""
        if self.too_long(command):
            return Answer(Code.COMMUNICATION_ERROR)
        reply = self.link.block(command, timeout_s=timeout_s)
        return Answer(reply.code, reply.data)

    def carry(self, send: Send, timeout_s: float) -> Reply:
        """A block to the card and its answer."""
        return self.link.block(send.data, bwi=send.wtx, timeout_s=timeout_s)

    # PIN entry: the reader makes the block, but its numbers are ours

    def before_pin(self, apdu: bytes) -> bytes | None:
        """The prologue of the block that the reader will build."""
        return self.t1.secure_prologue(len(apdu)) if self._makes_pin_blocks else None

    def after_pin(self, reply: Reply) -> Reply:
        """The response APDU out of a block; the numbers as before if there was none."""
        if not self._makes_pin_blocks:
            return reply
        if not reply.ok or len(reply.data) == _PIN_STATUS_SIZE:
            self.t1.secure_undone()
            return reply
        if reply.data[1:2] == bytes((_WTX_REQUEST,)) and len(reply.data) > PROLOGUE:
            reply = self._extend(reply.data[PROLOGUE])
            if not reply.ok:
                return reply
        if len(reply.data) < PROLOGUE + 1:
            return Reply(Code.COMMUNICATION_ERROR)
        return Reply(Code.SUCCESS, reply.data[PROLOGUE : -self.t1.epilogue])

    @property
    def _makes_pin_blocks(self) -> bool:
        return self.protocol == T1

    def _extend(self, wtx: int) -> Reply:
        answer = s_response(0, Supervision.WTX, bytes((wtx,)), self.t1.edc)
        return self.carry(Send(bytes(answer), wtx=wtx), self.patience_s(wtx, None))

    # NAD

    def control(self, code: int, data: bytes) -> Answer | None:
        """`3E 00 01 nn` sets the NAD, `3F 00 00` gets it; there are no wrong values."""
        if code != NAD_CONTROL:
            return None
        if len(data) == 4 and data[:3] == _SET_NAD:
            self.t1.nad = data[3]
            return Answer(Code.SUCCESS, _SET_NAD + b"\x00")
        if data == _GET_NAD:
            return Answer(Code.SUCCESS, bytes((0x3F, 0, 2, 0, self.t1.nad)))
        return Answer(Code.ERROR_NOT_SUPPORTED)
