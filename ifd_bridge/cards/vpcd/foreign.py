"""A foreign virtual card in our reader: the reader's side of the vpcd protocol."""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import threading
import time
from functools import partial

from ifd_bridge.cards.attachment import Slots
from ifd_bridge.system import threads
from ifd_bridge.system.sockets import Incoming, ready

from .connection import LOOPBACK, PeerError, Stream, listener
from .messages import ATR_SIZES, MAX_PAYLOAD, PORT, Control

log = logging.getLogger("vcard.vpcd")

ANSWER_TIMEOUT_S = 30.0
RETRY_S = 0.5
GREETING_S, REST_S = 5.0, 1.0
"""Time in seconds for a peer to begin its first ATR, and to end it."""
BRIEF_S, FREE = 1.0, 3
"""A card that stays for less is brief; this number of brief cards in a row is let in at once."""
PAUSES_S = (0.25, 0.5, 1.0, 2.0, 5.0)
"""The pauses before the next ones."""


class ForeignCard:
    """A card at the other end of a connection. It is a Contact.

    A peer that is silent for `timeout_s`, closes, or sends what no card would send is a mute card,
    and `broken` is set. The protocol has no sequence numbers: a late answer could be taken for that
    of another command, so the connection is given up.
    """

    def __init__(self, stream: Stream, timeout_s: float = ANSWER_TIMEOUT_S) -> None:
        self._stream = stream
        self._timeout_s = timeout_s
        self._powered = False
        self.broken = False

    def greet(self) -> bool:
        """Ask for the ATR before anybody powers the card, as vpcd does; False without an answer."""
        self._send(bytes((Control.GET_ATR,)))
        if self.broken or not ready(self._stream.socket, timeout_s=GREETING_S):
            return False
        try:
            self._stream.receive(REST_S)
        except PeerError:
            return False
        return True

    def power_up(self) -> bytes | None:
        """The peer's ATR; None if it has none of 2..33 bytes."""
        self._send(bytes((Control.RESET if self._powered else Control.POWER_ON,)))
        self._powered = True
        atr = self._ask(bytes((Control.GET_ATR,)))
        if atr is not None and len(atr) not in ATR_SIZES:
            log.error("an ATR has 2..33 bytes, the peer's has %d", len(atr))
            return None
        return atr

    def power_down(self) -> None:
        """Tell the peer, if it is still there."""
        if self._powered and not self.broken:
            self._send(bytes((Control.POWER_OFF,)))
        self._powered = False

    def exchange(self, command: bytes, port: int | None = None) -> bytes | None:  # noqa: ARG002 - as in Contact
        """The peer's response APDU; None if it is mute or its answer is malformed."""
        if len(command) > MAX_PAYLOAD:
            log.error("the vpcd protocol cannot carry a command of %d bytes", len(command))
            return b"\x67\x00"
        answer = self._ask(command)
        if answer is not None and len(answer) < 2:
            self._give_up(f"a response has at least 2 bytes, the peer's has {len(answer)}")
            return None
        return answer

    def _ask(self, payload: bytes) -> bytes | None:
        if self.broken:
            return None
        try:
            self._stream.check_quiet()
            self._stream.send(payload)
            return self._stream.receive(self._timeout_s)
        except PeerError as error:
            self._give_up(str(error))
            return None

    def _send(self, payload: bytes) -> None:
        try:
            self._stream.send(payload)
        except PeerError as error:
            self._give_up(str(error))

    def _give_up(self, why: str) -> None:
        if not self.broken:
            log.error("foreign card: %s", why)
            self.broken = True
            self._stream.hang_up()


class ForeignSlot:
    """A slot that holds whatever card is connected: inserted with it, ejected with it.

    It listens on `host` and `port` (as vpcd does), or with `listen=False` connects there, again
    and again, to a card that listens (`vicc --reversed`). One card at a time; a second is refused.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = PORT,
        *,
        listen: bool = True,
        timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self._address = (host, port)
        self._timeout_s = timeout_s
        self._listen = listen
        self._listener = listener(host, port) if listen else None
        self._held: tuple[ForeignCard, Slots, int] | None = None
        """The card that is connected, and the slot that it is for."""
        self._out = False
        self._moving = threading.Lock()
        self._wake: socket.socket
        self._stop: socket.socket | None = None
        self._thread: threading.Thread | None = None
        if listen and host not in LOOPBACK:
            log.warning("listening on %s: whoever reaches this port can be the card", host)

    @property
    def port(self) -> int:
        """The port it listens on or connects to."""
        if self._listener is None:
            return self._address[1]
        number: int = self._listener.getsockname()[1]
        return number

    def attach(self, reader: Slots, slot: int = 0) -> None:
        """Begin to insert and eject in `slot` of `reader`; also again after `close`."""
        if self._listen and self._listener is None:
            self._listener = listener(*self._address)
        self._out = False
        self._wake, self._stop = socket.socketpair()
        name = f"foreign card {self.port}"
        self._thread = threads.start(name, partial(self._run, reader, slot), self._give_up)

    def close(self) -> None:
        """Stop; the card is ejected."""
        if self._stop is not None:
            self._stop.close()
        if self._thread is not None:
            self._thread.join(5)
        self._give_up()
        self._stop = None

    def withdraw(self) -> None:
        """Take the card out; it stays connected, without power."""
        with self._moving:
            self._out = True
            if self._held is not None:
                _, reader, slot = self._held
                with contextlib.suppress(RuntimeError):  # it has been taken out already
                    reader.eject(slot)

    def put_back(self) -> bool:
        """Put the card in that is connected, or the next one; False if it is not attached."""
        if self._stop is None:
            return False
        with self._moving:
            self._out = False
            if self._held is not None:
                card, reader, slot = self._held
                reader.insert(card, slot)
        return True

    def _run(self, reader: Slots, slot: int) -> None:
        brief = 0
        while (stream := self._next_stream()) is not None:
            began = time.monotonic()
            with contextlib.closing(stream):
                self._hold(stream, reader, slot)
            brief = brief + 1 if time.monotonic() - began < BRIEF_S else 0
            self._pause(brief)
        self._wake.close()

    def _give_up(self) -> None:
        """Take no more cards: a peer that comes is refused, not left waiting."""
        listener = self._listener
        if listener is not None:
            self._address = (self._address[0], self.port)  # the same one when attached again
            self._listener = None
            listener.close()

    def _pause(self, brief: int) -> None:
        """Delay a peer that comes and goes again and again, longer each time."""
        if brief <= FREE:
            return
        pause_s = PAUSES_S[min(brief - FREE, len(PAUSES_S)) - 1]
        if brief == FREE + 1:
            log.warning("cards come and go at once: the next one waits for %g s", pause_s)
        self._rest(pause_s)

    def _hold(self, stream: Stream, reader: Slots, slot: int) -> None:
        """Keep a card in the slot as long as its connection lasts."""
        card = ForeignCard(stream, self._timeout_s)
        if not card.greet():
            log.error("what has connected gives no ATR: it is refused")
            return
        try:
            with self._moving:
                if not self._out:
                    reader.insert(card, slot)
                self._held = card, reader, slot
        except RuntimeError as error:
            log.error("the card that connected is refused: %s", error)
            return
        try:
            self._watch(stream)
        finally:
            with self._moving, contextlib.suppress(RuntimeError):  # it has been taken out already
                self._held = None
                if not self._out:
                    reader.eject(slot)

    def _next_stream(self) -> Stream | None:
        """The next connection; None once `close` was called."""
        if self._listener is not None:
            return self._accepted(self._listener)
        pause_s = 0.0
        while not ready(self._wake, timeout_s=pause_s):
            try:
                return Stream(socket.create_connection(self._address, RETRY_S))
            except OSError as error:
                if not pause_s:
                    log.warning("no card at %s port %d yet: %s", *self._address, error)
                pause_s = RETRY_S
        return None

    def _accepted(self, waiting: socket.socket) -> Stream | None:
        incoming = Incoming(waiting, self._rest)
        while self._wake not in ready(waiting, self._wake):
            taken = incoming.take()
            stream = incoming.begin(_stream, *taken) if taken is not None else None
            if stream is not None:
                return stream
        return None

    def _rest(self, seconds: float) -> None:
        """Wait, until `close` is called at most."""
        ready(self._wake, timeout_s=seconds)

    def _watch(self, stream: Stream) -> None:
        """Return when the card's connection ends or `close` is called; refuse further cards."""
        poll = select.poll()
        poll.register(stream.socket, select.POLLRDHUP | select.POLLHUP | select.POLLERR)
        poll.register(self._wake, select.POLLIN)
        if self._listener is not None:
            poll.register(self._listener, select.POLLIN)
        while {number for number, _ in poll.poll()} == self._listening:
            self._refuse()

    @property
    def _listening(self) -> set[int]:
        return set() if self._listener is None else {self._listener.fileno()}

    def _refuse(self) -> None:
        if self._listener is not None and (taken := Incoming(self._listener, self._rest).take()):
            sock, address = taken
            log.error("a second card, from %s, is refused: the slot is taken", address)
            sock.close()


def _stream(sock: socket.socket, _: object) -> Stream:
    return Stream(sock)
