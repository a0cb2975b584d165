"""The card's end of T=0: it turns a Contact that speaks APDUs into one that speaks characters.

A card knows from INS which way the data go. A Contact does not tell, so: whoever knows the TPDU
says so (`outgoing`); else a small table of INS says so; else the card acknowledges the header and
sees whether data come or are waited for.
Spec: ISO/IEC 7816-3, 10.3 (procedure bytes), 12.2 (APDUs over T=0).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..contact import Busy, Contact
from .t0_host import HEADER, NULL

GET_RESPONSE, ENVELOPE = 0xC0, 0xC2
SENDS_DATA = frozenset({0x12, 0x70, 0x84, 0xB0, 0xB2, 0xC0, 0xCA})
"""Instructions whose P3 is always Le: FETCH, MANAGE CHANNEL, GET CHALLENGE, READ, GET DATA."""

MARGIN = 0.8
FULL = 255
Answer = bytes | Busy | None


@dataclass(frozen=True, slots=True)
class _Reply:
    """Data that wait for the right Le, and the command and status word they belong to."""

    data: bytes
    sw: bytes
    header: bytes


class T0Card:
    """A Contact whose `exchange` takes the host's characters and gives the card's.

    b"" means that the card waits for more; None, that it is mute. `wt_s` is the waiting time, after
    which a working card sends NULL. `one_by_one`: data are taken byte by byte.
    """

    def __init__(self, contact: Contact, *, wt_s: float = 0.96, one_by_one: bool = False) -> None:
        self.contact = contact
        self.wt_s = wt_s
        self.one_by_one = one_by_one
        self.outgoing: bool | None = None
        self.reset()

    def reset(self) -> None:
        """Start as after the ATR: no command under way, no data pending."""
        self._header = b""
        self._data = bytearray()
        self._envelope = bytearray()
        self._short: _Reply | None = None  # refused with 6Cxx
        self._pending: _Reply | None = None  # announced with 61xx
        self._work: Busy | None = None
        self._acknowledged = False

    # The Contact

    def power_up(self) -> bytes | None:
        """Reset the card and the protocol: the ATR."""
        self.reset()
        return self.contact.power_up()

    def power_down(self) -> None:
        """Lose the supply."""
        self._work = None
        self.contact.power_down()

    def exchange(self, command: bytes, port: int | None = None) -> Answer:
        """Take characters (none where the host only waits) and proceed as far as possible."""
        if self._work is not None and not command:
            return self._wait(self._work)
        if len(self._header) == HEADER and self._acknowledged and not command and not self._data:
            return self._run_outgoing(port)
        if len(self._header) < HEADER:
            return self._take_header(command, port)
        return self._take_data(command, port)

    # The command

    def _take_header(self, characters: bytes, port: int | None) -> Answer:
        self._work = None
        wanted = HEADER - len(self._header)
        self._header += characters[:wanted]
        if len(self._header) < HEADER:
            return b""
        self._data.clear()
        self._acknowledged = False
        if self._header[4] == 0 or self._sends_data():
            return self._run_outgoing(port)
        self._acknowledged = True
        rest = characters[wanted:]
        return self._take_data(rest, port) if rest else self._acknowledge()

    def _sends_data(self) -> bool:
        if self.outgoing is not None:
            return self.outgoing
        return self._header[1] in SENDS_DATA

    def _acknowledge(self) -> bytes:
        return bytes((self._header[1] ^ (0xFF if self.one_by_one else 0),))

    def _take_data(self, characters: bytes, port: int | None) -> Answer:
        self._data += characters[: self._header[4] - len(self._data)]
        if len(self._data) < self._header[4]:
            return self._acknowledge() if self.one_by_one and characters else b""
        header, data = self._header, bytes(self._data)
        self._header = b""
        if header[1] == ENVELOPE and self._is_piece(header, data):
            return self._take_piece(header, data, port)
        self._envelope.clear()
        return self._run(header, bytes((len(data),)) + data, port)

    def _run_outgoing(self, port: int | None) -> Answer:
        header, self._header = self._header, b""
        if header[1] == ENVELOPE and self._envelope:
            return self._take_piece(header, b"", port)
        self._envelope.clear()
        if header[1] == GET_RESPONSE and self._pending is not None:
            return self._get_response(self._pending, header[4] or 256)
        if self._short is not None and header == self._short.header:
            reply, self._short = self._short, None
            return bytes((header[1],)) + reply.data + reply.sw
        return self._run(header, b"", port)

    # ENVELOPE: an extended APDU in pieces

    def _is_piece(self, header: bytes, data: bytes) -> bool:
        """Spec: ISO/IEC 7816-4, 11.8.2; other uses of ENVELOPE have another class or content."""
        if header[0] & 0xF0 or header[2] or header[3]:
            return False
        return bool(self._envelope) or (len(data) >= 7 and data[4] == 0)

    def _take_piece(self, header: bytes, piece: bytes, port: int | None) -> Answer:
        self._envelope += piece
        if len(piece) == FULL and not self._is_whole():
            return b"\x90\x00"
        apdu = bytes(self._envelope)
        self._envelope.clear()
        return self._reply_of(self.contact.exchange(apdu, port), header + bytes((len(piece),)))

    def _is_whole(self) -> bool:
        return len(self._envelope) >= 9 + int.from_bytes(self._envelope[5:7], "big")

    # The response

    def _run(self, header: bytes, body: bytes, port: int | None) -> Answer:
        self._short = self._pending = None
        apdu = header[:4] + body if body else header
        return self._reply_of(self.contact.exchange(apdu, port), header + body)

    def _reply_of(self, answer: bytes | Busy | None, tpdu: bytes) -> Answer:
        if not isinstance(answer, Busy):
            return self._reply(answer, tpdu)
        work = answer.then(lambda response: self._reply(response, tpdu))
        if self._acknowledged and len(tpdu) == HEADER:
            return work  # after ACK come data; there is no place for NULL
        return self._wait(work)

    def _wait(self, work: Busy) -> Busy:
        """Run the command and send NULL whenever the waiting time is nearly over."""
        step = self.wt_s * MARGIN
        self._work = None
        if work.seconds <= step:
            return Busy(work.seconds, lambda: self._worked(work.finish()))

        def null() -> bytes:
            self._work = Busy(work.seconds - step, work.finish)
            return bytes((NULL,))

        return Busy(step, null)

    def _worked(self, answer: Answer) -> Answer:
        """Send the response, or NULL if the card needs more time."""
        if not isinstance(answer, Busy):
            return answer
        self._work = answer
        return bytes((NULL,))

    def _reply(self, answer: bytes | None, tpdu: bytes) -> bytes | None:
        """Send a response APDU as the direction of the TPDU allows."""
        if answer is None:
            return None
        data, sw = answer[:-2], answer[-2:]
        if not data:
            return sw
        header = tpdu[:HEADER]
        if len(tpdu) > HEADER:
            self._pending = _Reply(data, sw, header)
            return _announce(0x61, len(data))
        return self._reply_data(data, sw, header)

    def _reply_data(self, data: bytes, sw: bytes, header: bytes) -> bytes:
        wanted = header[4] or 256
        if len(data) < wanted:
            self._short = _Reply(data, sw, header[:4] + bytes((len(data),)))
            return _announce(0x6C, len(data))
        if len(data) > wanted:
            self._pending = _Reply(data[wanted:], sw, header)
            sw = _announce(0x61, len(data) - wanted)
        start = b"" if self._acknowledged else header[1:2]
        return start + data[:wanted] + sw

    def _get_response(self, reply: _Reply, wanted: int) -> bytes:
        if wanted > len(reply.data):
            return _announce(0x6C, len(reply.data))
        rest = reply.data[wanted:]
        self._pending = _Reply(rest, reply.sw, reply.header) if rest else None
        sw = _announce(0x61, len(rest)) if rest else reply.sw
        return bytes((GET_RESPONSE,)) + reply.data[:wanted] + sw


def _announce(sw1: int, length: int) -> bytes:
    """61xx or 6Cxx; 00 is 256 bytes or more."""
    return bytes((sw1, 0 if length >= 256 else length))
