"""The levels below the APDU, at which the host runs T=0 and T=1.

TPDU level: the host sends T=0 TPDUs and whole T=1 blocks, or a PPS. At T=0 the reader handles
procedure bytes; at T=1 it passes blocks without reading them. Character level: the host sends
characters and says how many it waits for.

Spec: USB CCID 1.1, 3.2.1 (character level of exchange), 3.2.2 (TPDU level of exchange), 6.1.11.7
(T=1 and PIN entry).
"""

from __future__ import annotations

from functools import partial

from vcard.atr.values import Edc
from vcard.transmission.pps import PPSS
from vcard.transmission.steps import Dead, Done, Step
from vcard.transmission.t0_host import CONFLICT, HEADER, MUTE, UNFIT, T0Host
from vcard.transmission.t1_block import PROLOGUE, Block, Supervision, epilogue, s_request
from vcard.transmission.wire import DEFAULT_CLOCK_HZ, Wire

from ..ccid.codes import Error, Level
from ..ccid.descriptor import ExchangeLevel, Features
from ..ccid.parameters import default_parameters
from ..ccid.pin_request import PinOperation
from ..slot import Job, Refused, Reply

ERRORS = {
    MUTE: Error.ICC_MUTE,
    CONFLICT: Error.PROCEDURE_BYTE_CONFLICT,
    UNFIT: Error.BAD_LENGTH,
}


_PPS_BEGINS = bytes((PPSS,))


class Tpdu:
    """One TPDU or one block for each message."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.reset()

    def reset(self) -> None:
        """The card was reset or removed: end the protocol."""
        self.wire: Wire | None = None
        self.engine = T0Host()
        self.pin_block = b""
        self.selects = self.guesses = self.tells_ifsd = False

    def renegotiated(self) -> None:
        """The parameters changed; the card is not told."""

    def transfer(self, job: Job, level: int, data: bytes) -> Reply | None:
        """A TPDU, a block or a PPS, as the parameters say."""
        if level:
            raise Refused(Error.BAD_LEVEL)
        if not data:
            raise Refused(Error.BAD_LENGTH)
        wire = self.connect(job)
        if wire.end is None:
            if data[0] == PPSS:
                return job.work(partial(wire.exchange, data), self.respond)
            if self.guesses:
                self.guess(job, wire, data)
        if job.slot.parameters.protocol == 0:
            return self._send_tpdu(job, wire, data)
        return self._send_block(job, wire, data)

    def connect(self, job: Job) -> Wire:
        """Return the line to the card, after the PPS that the reader sends itself."""
        slot = job.slot
        if self.wire is None:
            clock_hz = 1000 * slot.clock or DEFAULT_CLOCK_HZ  # some descriptors say 0
            self.wire = Wire(slot.active_card, slot.atr, clock_hz)
            features = job.reader.model.descriptor.dwFeatures
            self.selects = bool(features & Features.AUTO_PPS)
            self.guesses = bool(features & Features.AUTO_NEGOTIATION)
            self.tells_ifsd = bool(features & Features.AUTO_IFSD)
        if self.selects:
            self.wire.agree(slot.parameters.protocol)
        return self.wire

    @staticmethod
    def guess(job: Job, wire: Wire, data: bytes) -> None:
        """Automatic parameter negotiation: no host says which protocol, so the first data do.

        Spec: USB CCID 1.1, 5.1, dwFeatures (the way is the reader's own).
        """
        slot = job.slot
        speaks = job.reader.model.descriptor.dwProtocols
        common = [each for each in wire.atr.protocols if speaks >> each & 1] or [wire.protocol]
        protocol = wire.protocol if wire.protocol in common else common[0]
        if 1 in common and is_block(data, wire.atr.edc):
            protocol = 1
        if protocol != slot.parameters.protocol:
            slot.parameters = default_parameters(slot.atr, protocol)
        wire.agree(protocol)

    def respond(self, response: bytes) -> Reply:
        """Return the card's answer; refused if it is longer than a message."""
        if not response:
            raise Refused(Error.ICC_MUTE)
        if len(response) > self.room:
            raise Refused(Error.XFR_OVERRUN)
        return Level.WHOLE, response

    # T=0

    def _send_tpdu(self, job: Job, wire: Wire, data: bytes) -> Reply | None:
        """An Le after the data of a case 3 is no part of a TPDU and is left out."""
        if len(data) > HEADER and len(data) == HEADER + data[4] + 1:
            data = data[:-1]
        wire.outgoing = len(data) <= HEADER
        return self._step(job, wire, self.engine.start(data))

    def _step(self, job: Job, wire: Wire, step: Step) -> Reply | None:
        if isinstance(step, Done):
            return self.respond(step.response)
        if isinstance(step, Dead):
            raise Refused(ERRORS.get(step.reason, Error.XFR_OVERRUN))
        return job.work(
            partial(wire.characters, step.data, step.want),
            lambda raw: self._step(job, wire, self.engine.receive(raw)),
        )

    # T=1

    def _send_block(self, job: Job, wire: Wire, data: bytes) -> Reply | None:
        if self.tells_ifsd:
            self.tells_ifsd = False
            size = bytes((min(job.reader.model.descriptor.dwMaxIFSD, 254),))
            ask = bytes(s_request(0, Supervision.IFS, size, _edc(job)))
            return job.work(
                partial(wire.exchange, ask), lambda _: self._send_block(job, wire, data)
            )
        return job.work(partial(wire.exchange, data), self.respond)

    # PIN entry

    def send_pin(self, job: Job, prologue: bytes, command: bytes) -> Reply | None:
        """The command with the PIN: a TPDU, or a block with LEN and EDC of our own."""
        if job.slot.parameters.protocol == 0:
            return self._send_tpdu(job, self.connect(job), command)
        block = Block(prologue[0], prologue[1], command, _edc(job))
        self.pin_block = bytes(block)
        return self._send_block(job, self.connect(job), self.pin_block)

    def continue_pin(self, job: Job, operation: int, data: bytes) -> Reply | None:  # noqa: ARG002 - there are none for the one that is known
        """The last block once more; there is no chain to continue."""
        if operation != PinOperation.RESEND_LAST_BLOCK or not self.pin_block:
            raise Refused(Error.BAD_DATA)
        return self._send_block(job, self.connect(job), self.pin_block)

    def status_word(self, job: Job, answer: bytes) -> bytes:
        """The end of a TPDU; at T=1 that of a block's information field."""
        if job.slot.parameters.protocol == 0:
            return answer[-2:]
        return answer[PROLOGUE : -epilogue(_edc(job))][-2:]


class Character(Tpdu):
    """Sends characters to the card, and returns as many as the host requests.

    Spec: USB CCID 1.1, 3.2.1 (wLevelParameter is how many characters the host waits for).
    """

    def transfer(self, job: Job, level: int, data: bytes) -> Reply | None:
        """Send what is there and wait for `level` characters; fewer if the card stops before."""
        if not data and not level:
            raise Refused(Error.BAD_LENGTH)
        wire = self.connect(job)
        wire.outgoing = None
        if self.guesses and wire.end is None and data[:1] != _PPS_BEGINS:
            self.guess(job, wire, data)
        return job.work(partial(wire.characters, data, level), self.give)

    def give(self, heard: bytes) -> Reply:
        """Return the received characters; none if none were requested."""
        return self.respond(heard) if heard else (Level.WHOLE, b"")


LEVELS: dict[ExchangeLevel, type[Tpdu]] = {
    ExchangeLevel.CHARACTER: Character,
    ExchangeLevel.TPDU: Tpdu,
}


def is_block(data: bytes, edc: Edc) -> bool:
    """True if these are the bytes of a block."""
    try:
        Block.parse(data, edc)
    except ValueError:
        return False
    return True


def _edc(job: Job) -> Edc:
    return Edc(job.slot.parameters.tccks & 1)
