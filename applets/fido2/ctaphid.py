"""CTAPHID 2: an authenticator as a HID device, without any I/O; time is an argument.

Pass reports to `receive`, and call `tick` when `deadline` has come; both return the reports to
send.

Spec: CTAP 2.1, 11.2.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType

from vcard import SW, Busy, PowerLost, Response
from vcard import Command as Apdu
from vcard.hid import Around, unchanged

from . import u2f
from .authenticator import Authenticator
from .codes import PROCESSING, USER_PRESENCE_NEEDED
from .hid_packets import BROADCAST, Assembly, Command, Error, HidError, Packet, reports
from .hid_work import KEEP_ALIVE_S, Work, on_contacts

PACKET_TIMEOUT_S = 0.5
"""Time limit for the next packet of a message, in seconds."""
PROTOCOL_VERSION = 2
WINK, CBOR, NO_MSG = 0x01, 0x04, 0x08
_NONCE = 8
_LONGEST_LOCK_S = 10
_U2F_PATIENCE_S = 3.0
"""After a pause of this length a U2F request is a new one, not a repetition."""
Reports = Iterator[bytes]


class CtapHid:
    """The HID interface of an authenticator.

    `around` is called for each command of CTAP2 and U2F (see vcard.hid), `winked` for CTAPHID_WINK.
    `version` is the device's: major, minor, build. `vendor` has the vendor's commands by code
    (40..7F): data in, data out, ValueError if they are refused.
    """

    def __init__(
        self,
        authenticator: Authenticator,
        around: Around = unchanged,
        *,
        version: tuple[int, int, int] = (1, 0, 0),
        winked: Callable[[], None] = lambda: None,
        vendor: Mapping[int, Callable[[bytes], bytes]] = MappingProxyType({}),
    ) -> None:
        self.authenticator = authenticator
        authenticator.on_bus = True
        self._around = around
        self.version = version
        self.winked = winked
        self.vendor = vendor
        self.power_up(0.0)

    def power_up(self, now: float) -> None:
        """The device was plugged in: no channel is open."""
        self._channels = 0
        self._assembly: Assembly | None = None
        self._work: Work | None = None
        self._lock: tuple[int, float] | None = None
        self._asked: tuple[float, float] | None = None
        self._dead = False
        self.authenticator.power_up(now)

    # The border

    def receive(self, report: bytes, now: float) -> list[bytes]:
        """Process a report of the host; return the reports to send."""
        packet = Packet.parse(report)
        return self._answers(packet.channel, lambda: self._packet(packet, now))

    def tick(self, now: float) -> list[bytes]:
        """Handle time-outs, keep-alives and the responses of commands that waited."""
        assembly, work = self._assembly, self._work
        if assembly is not None and now >= assembly.last + PACKET_TIMEOUT_S:
            self._assembly = None
            return list(_error(assembly.channel, Error.MSG_TIMEOUT))
        if work is not None:
            return self._answers(work.channel, lambda: self._look(work, now))
        return []

    @property
    def deadline(self) -> float | None:
        """The time of the next `tick`; None while nothing waits."""
        if self._assembly is not None:
            return self._assembly.last + PACKET_TIMEOUT_S
        return None if self._work is None else self._work.deadline

    def _answers(self, channel: int, work: Callable[[], Reports]) -> list[bytes]:
        """Collect the reports of a piece of work; none after a power loss during a write."""
        try:
            return [] if self._dead else list(work())
        except HidError as refused:
            return list(_error(channel, refused.error))
        except PowerLost:
            self.authenticator.core.store.power_lost()
            self._dead = True
            return []

    # Packets

    def _packet(self, packet: Packet, now: float) -> Reports:
        if not packet.first:
            return self._continuation(packet, now)
        if packet.command == Command.INIT:
            return self._init(packet)
        self._opened(packet.channel, now)
        if packet.command == Command.CANCEL:
            return self._cancel(packet.channel, now)
        self._free_for(packet.channel)
        return self._arrived(Assembly(packet, now), now)

    def _opened(self, channel: int, now: float) -> None:
        """Refuse channels that were not opened, and those that another channel's lock excludes."""
        if not 1 <= channel <= self._channels:
            raise HidError(Error.INVALID_CHANNEL)
        if self._lock is not None and now < self._lock[1] and channel != self._lock[0]:
            raise HidError(Error.CHANNEL_BUSY)

    def _free_for(self, channel: int) -> None:
        """Refuse a message while another is being received or processed."""
        if self._assembly is not None and self._assembly.channel == channel:
            self._assembly = None
            raise HidError(Error.INVALID_SEQ)
        if self._assembly is not None or self._work is not None:
            raise HidError(Error.CHANNEL_BUSY)

    def _continuation(self, packet: Packet, now: float) -> Reports:
        assembly = self._assembly
        if assembly is None or assembly.channel != packet.channel:
            return iter(())  # no host waits for it
        self._assembly = None
        assembly.add(packet, now)
        return self._arrived(assembly, now)

    def _arrived(self, assembly: Assembly, now: float) -> Reports:
        if not assembly.whole:
            self._assembly = assembly
            return iter(())
        return self._message(assembly, now)

    def _init(self, packet: Packet) -> Reports:
        """CTAPHID_INIT: open a channel, or restart one."""
        if packet.length != _NONCE:
            raise HidError(Error.INVALID_LEN)
        channel = packet.channel
        if channel == BROADCAST:
            self._channels += 1
            channel = self._channels
        elif not 1 <= channel <= self._channels:
            raise HidError(Error.INVALID_CHANNEL)
        else:
            self._abort(channel)
        capabilities = WINK | CBOR | (0 if self.authenticator.core.settings.u2f else NO_MSG)
        told = struct.pack(">IBBBBB", channel, PROTOCOL_VERSION, *self.version, capabilities)
        nonce = packet.body[2 : 2 + _NONCE]
        return reports(packet.channel, Command.INIT, nonce + told)

    def _abort(self, channel: int) -> None:
        """Drop the transaction in progress on a channel."""
        if self._assembly is not None and self._assembly.channel == channel:
            self._assembly = None
        if self._work is not None and self._work.channel == channel:
            self._work.cancel()
            self._work = None

    def _cancel(self, channel: int, now: float) -> Reports:
        """CTAPHID_CANCEL: end the command in progress; the cancellation itself has no response."""
        work = self._work
        if work is None or (work.channel, work.command) != (channel, Command.CBOR):
            return iter(())
        work.cancel()
        return self._look(work, now)

    # Messages

    def _message(self, message: Assembly, now: float) -> Reports:
        if message.command == Command.CBOR:
            return self._ctap2(message, now)
        if message.command == Command.MSG:
            return self._u2f(message, now)
        return reports(message.channel, message.command, self._at_once(message, now))

    def _at_once(self, message: Assembly, now: float) -> bytes:
        """Answer the commands that never wait."""
        if message.command == Command.PING:
            return message.data
        if message.command == Command.LOCK:
            return self._locked(message, now)
        if message.command in self.vendor:
            return self._vendors(message)
        if message.command != Command.WINK:
            raise HidError(Error.INVALID_CMD)
        if message.data:
            raise HidError(Error.INVALID_LEN)
        self.winked()
        return b""

    def _locked(self, message: Assembly, now: float) -> bytes:
        """CTAPHID_LOCK: reserve the device for a channel for up to 10 seconds; 0 unlocks it."""
        if len(message.data) != 1:
            raise HidError(Error.INVALID_LEN)
        if message.data[0] > _LONGEST_LOCK_S:
            raise HidError(Error.INVALID_PAR)
        self._lock = message.channel, now + message.data[0]
        return b""

    def _vendors(self, message: Assembly) -> bytes:
        try:
            return self.vendor[message.command](message.data)
        except ValueError:
            raise HidError(Error.INVALID_PAR) from None

    def _u2f(self, message: Assembly, now: float) -> Reports:
        if not self.authenticator.core.settings.u2f:
            raise HidError(Error.INVALID_CMD)
        work = Work(message.channel, message.command, now)
        return self._begin(work, message.data, lambda: self._u2f_answer(message.data, work.now))

    def _u2f_answer(self, data: bytes, now: float) -> bytes:
        core = self.authenticator.core
        try:
            command = Apdu.parse(data)
            with core.store.transaction():
                return bytes(Response(u2f.answer(core, command, self._waited(now))))
        except ValueError:
            return SW.WRONG_LENGTH.raw
        except SW as refused:
            return refused.raw
        except OSError:
            return SW.MEMORY_FAILURE.raw

    def _waited(self, now: float) -> float:
        """Seconds since the first of a U2F host's repeated requests."""
        if self._asked is None or now - self._asked[1] > _U2F_PATIENCE_S:
            self._asked = now, now
        self._asked = self._asked[0], now
        return now - self._asked[0]

    def _ctap2(self, message: Assembly, now: float) -> Reports:
        if not message.data:
            raise HidError(Error.INVALID_LEN)
        work = Work(message.channel, message.command, now)

        def answer() -> bytes | Busy:
            work.call = self.authenticator.call(message.data, work.now)
            return self._polled(work, work.now)

        return self._begin(work, on_contacts(message.data), answer)

    def _polled(self, work: Work, began: float) -> bytes | Busy:
        """The response of a CTAP2 command begun at `began`; Busy until the user has decided."""
        assert work.call is not None
        self.authenticator.core.now = work.now
        answer = work.call.poll(work.now - began)
        if answer is None:
            return Busy(KEEP_ALIVE_S, lambda: self._polled(work, began))
        return answer + SW.OK.raw

    def _begin(self, work: Work, apdu: bytes, answer: Callable[[], bytes | Busy]) -> Reports:
        self._work = work
        work.take(self._around(apdu, answer))
        return self._look(work, work.now)

    def _look(self, work: Work, now: float) -> Reports:
        """The response of the command in progress, or a keep-alive if one is due."""
        work.look(now)
        if not work.waits:
            self._work = None
            return work.answer()
        if now < work.told + KEEP_ALIVE_S and now > work.began:
            return iter(())
        work.told = now
        touch = self.authenticator.core.touch.wanted
        status = USER_PRESENCE_NEEDED if touch else PROCESSING
        return reports(work.channel, Command.KEEPALIVE, status)


def _error(channel: int, error: Error) -> Reports:
    return reports(channel, Command.ERROR, bytes((error,)))
