"""One slot as the handler sees it: a connection for calls, and one for movements of the card.

One blocking thread serves the calls; whoever moves a card writes the movement. Presence lives in
the handler: a movement frame has "present" and a count of removals, so a frame that is lost or
merged in a full socket costs nothing. If a card never returns from a command, its thread is lost:
when the card is removed, the call is answered in its place and a new thread serves the connection.
"""

from __future__ import annotations

import logging
import select
import socket
import threading
from collections.abc import Callable

from ifd_bridge.system import threads

from ..system.sockets import hang_up, ready
from .api import AbandonedError, Answer, Code, Function, Presence, SlotDriver, Source, Tag
from .frames import Line, pack_answer, pack_movement

log = logging.getLogger("ifd_bridge.server")

SEND_TIMEOUT_S = 10.0
_Dispatch = Callable[[int, bytes], Answer]


class Station:
    """A slot's driver and its two connections."""

    def __init__(self, source: Source, slot: int, driver: SlotDriver) -> None:
        self._source, self._slot, self._driver = source, slot, driver
        self._lock = threading.Lock()
        self._calls: _Calls | None = None
        self._movements: _Movements | None = None

    @property
    def connected(self) -> bool:
        """True if a handler has made both connections."""
        return self._calls is not None and self._movements is not None

    def serve(self, connection: socket.socket, given: list[int], sequence: int) -> None:
        """Take calls from a connection, in this thread; an older connection is given up.

        `given` are the descriptors that came with its first one. ValueError if they are wrong.
        """
        calls = _Calls(Line(connection, given), self._driver)
        with self._lock:
            before, self._calls = self._calls, calls
        if before:
            before.close()
            self._source.abandon(self._slot)
        slots = min(self._source.slots, 16)
        parallel = self._driver.get_capabilities(Tag.SLOT_THREAD_SAFE).data != b"\0"
        connection.send(pack_answer(sequence, Code.SUCCESS, bytes([slots, parallel])))
        calls.serve()

    def watch(self, connection: socket.socket, sequence: int) -> None:
        """Send movements to a connection, instead of to the previous one."""
        movements = _Movements(connection, self._abandoned)
        with self._lock:
            before, self._movements = self._movements, movements
        if before:
            self._source.unwatch(self._slot, before)
            before.close()
        movements.greet(sequence, self._source.watch(self._slot, movements))

    def refuse(self) -> None:
        """Answer a call under way, and all that this handler still makes, with an error.

        The connections stay until the handler closes them: to one that is lost pcscd's event thread
        would say that the card is gone, and forget over that that it was told to end
        (RFSetReaderEventState() clears what EHDestroyEventHandler() has just set).
        """
        if calls := self._calls:
            calls.refuse()
            self._source.abandon(self._slot)

    def close(self) -> None:
        """Hang up; a call under way is given up."""
        with self._lock:
            calls, movements = self._calls, self._movements
            self._calls = self._movements = None
        if movements:
            self._source.unwatch(self._slot, movements)
            movements.close()
        if calls:
            calls.close()
            self._source.abandon(self._slot)

    def _abandoned(self) -> None:
        calls = self._calls
        if calls:
            calls.answer_instead(Code.ICC_NOT_PRESENT)


class _Calls:
    """A connection for calls. Who pops `_pending` has the right to answer the call."""

    def __init__(self, line: Line, driver: SlotDriver) -> None:
        self._line = line
        self._pending: list[int] = []
        self._refused = False
        self._dispatch: dict[int, _Dispatch] = {
            Function.GET_CAPABILITIES: lambda tag, _: driver.get_capabilities(tag),
            Function.SET_CAPABILITIES: driver.set_capabilities,
            Function.SET_PROTOCOL_PARAMETERS: lambda n, _: driver.set_protocol_parameters(n),
            Function.POWER_ICC: lambda action, _: driver.power_icc(action),
            Function.TRANSMIT_TO_ICC: lambda protocol, data: driver.transmit_to_icc(data, protocol),
            Function.CONTROL: driver.control,
        }

    def close(self) -> None:
        """Hang up; the serving thread sees it when it comes back."""
        self._line.close()

    def refuse(self) -> None:
        """Answer no call any more but with an error, beginning with the one under way."""
        self._refused = True
        self.answer_instead(Code.COMMUNICATION_ERROR)

    def serve(self) -> None:
        """Answer calls until the peer or we hang up, or another thread has taken over."""
        hop = self._line.hop
        try:
            call = self._line.take()
            while call is not None:
                sequence, function, argument, data = call
                pending = self._pending = [sequence]
                answer = self._answer(function, argument, data)
                if not pending:
                    return
                pending.pop()
                call = hop(sequence, answer.code, answer.data)
        except IndexError:
            return  # answered by another thread at this very moment
        except OSError as fault:
            log.debug("the handler has hung up: %s", fault)
        except ValueError as fault:
            log.warning("the handler: %s", fault)
        self.close()

    def answer_instead(self, code: Code) -> None:
        """Answer the call under way, if any, and serve the connection in a new thread."""
        try:
            sequence = self._pending.pop()
        except IndexError:
            return
        try:
            self._line.answer(sequence, code)
        except OSError as fault:
            log.debug("the handler has hung up: %s", fault)
        threads.start("vcard-slot", self.serve, self.close)

    def _answer(self, function: int, argument: int, data: bytes) -> Answer:
        """Return the driver's answer; any exception becomes a communication error."""
        if self._refused:
            return Answer(Code.COMMUNICATION_ERROR)
        try:
            return self._dispatch[function](argument, data)
        except AbandonedError:
            return Answer(Code.ICC_NOT_PRESENT)
        except KeyError:
            if function in self._dispatch:
                log.exception("the driver failed in %s", Function(function).name)
            return Answer(Code.NOT_SUPPORTED)
        except Exception:
            log.exception("the driver failed in %s", Function(function).name)
            return Answer(Code.COMMUNICATION_ERROR)


class _Movements:
    """A connection for movements. What could not be sent at once is summed up later."""

    def __init__(self, connection: socket.socket, abandoned: Callable[[], None]) -> None:
        self._connection = connection
        self.abandoned = abandoned
        self._lock = threading.Lock()
        self._latest: Presence | None = None
        self._greeted = self._late = False

    def greet(self, sequence: int, presence: Presence) -> None:
        """Answer the first call with where the card is now."""
        with self._lock:
            self._connection.send(pack_movement(self._latest or presence, sequence))
            self._greeted = True

    def moved(self, presence: Presence) -> None:
        """Tell the handler, unless it has been told of a later movement."""
        with self._lock:
            latest = self._latest
            if latest and (latest.removals, latest.present) > (presence.removals, presence.present):
                return
            self._latest = presence
            if self._greeted and not self._late:
                self._push(presence)

    def close(self) -> None:
        """Hang up."""
        hang_up(self._connection)

    def _push(self, presence: Presence) -> None:
        try:
            self._connection.send(pack_movement(presence), socket.MSG_DONTWAIT)
        except BlockingIOError:
            self._late = True
            threads.start("vcard-late", self._catch_up, self.close)
        except OSError as fault:
            log.debug("the handler has hung up: %s", fault)

    def _catch_up(self) -> None:
        """Send where the card is as soon as the handler has read what came before."""
        try:
            ready(self._connection, timeout_s=SEND_TIMEOUT_S, to=select.POLLOUT)
        except (OSError, ValueError):
            return
        with self._lock:
            self._late = False
            if self._latest:
                self._push(self._latest)
