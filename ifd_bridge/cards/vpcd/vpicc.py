"""Our card in a foreign virtual reader: the card's side of the vpcd protocol."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading

from ifd_bridge.system.sockets import Incoming
from readers.events import Tap
from readers.watched_contact import WatchedContact
from vcard import Busy, Contact

from .connection import LOOPBACK, PeerError, SilenceError, Stream, listener
from .messages import MAX_PAYLOAD, PORT, Control

log = logging.getLogger("vcard.vpicc")

CONNECT_TIMEOUT_S = 10.0
STOP_POLL_S = 0.2
_GENERAL_ERROR = b"\x6f\x00"


class _Unwatched:
    """The caller of the card here, which has no one to notify."""

    tap: Tap | None = None


class Vpicc:
    """A Contact as a virtual card: payload in, payload out or None. `stop` ends its waits.

    A card whose code fails is a mute one, as in a reader of ours.
    """

    def __init__(self, contact: Contact, stop: threading.Event | None = None) -> None:
        self._contact = WatchedContact(contact, _Unwatched(), 0)
        self._stop = stop or threading.Event()
        self._atr: bytes | None = None

    def answer(self, payload: bytes) -> bytes | None:
        """Return the card's answer to one message; None where the protocol has none."""
        if len(payload) == 1:
            return self._control(payload[0])
        response = self._exchange(payload)
        if response is None or len(response) > MAX_PAYLOAD:
            # The protocol has no word for a mute card and none for 65536 bytes of data.
            log.warning("no answer that vpcd could carry; 6F00 instead")
            return _GENERAL_ERROR
        return response

    def _control(self, code: int) -> bytes | None:
        if code == Control.GET_ATR:
            if self._atr is None:
                self._atr = self._contact.power_up() or b""
            return self._atr
        if code == Control.POWER_OFF:
            self._contact.power_down()
        elif code in (Control.POWER_ON, Control.RESET):
            self._atr = self._contact.power_up() or b""
        else:
            log.warning("control code %02X is not known", code)
        return None

    def _exchange(self, command: bytes) -> bytes | None:
        answer = self._contact.exchange(command)
        while isinstance(answer, Busy):
            self._stop.wait(answer.seconds)
            answer = answer.finish()
        return answer


def serve(
    contact: Contact,
    host: str = "localhost",
    port: int = PORT,
    *,
    listen: bool = False,
    stop: threading.Event | None = None,
) -> None:
    """Be a card in the vpcd at `host` and `port`, until it closes or `stop` is set.

    With `listen`, wait for vpcds instead and serve them one after the other (`vicc --reversed`).
    OSError says why it cannot connect or listen.
    """
    stop = stop or threading.Event()

    def converse(sock: socket.socket, _: object) -> None:
        _converse(Stream(sock), Vpicc(contact, stop), stop)

    if not listen:
        converse(socket.create_connection((host, port), CONNECT_TIMEOUT_S), None)
        return
    if host not in LOOPBACK:
        log.warning("listening on %s: whoever reaches this port can use the card", host)
    with listener(host, port) as waiting:
        waiting.settimeout(STOP_POLL_S)
        incoming = Incoming(waiting, stop.wait)
        while not stop.is_set():
            with contextlib.suppress(TimeoutError):
                if (taken := incoming.take()) is not None:
                    incoming.begin(converse, *taken)


def _converse(stream: Stream, card: Vpicc, stop: threading.Event) -> None:
    """Answer until the reader closes or `stop` is set."""
    try:
        while not stop.is_set():
            try:
                payload = stream.receive(STOP_POLL_S)
            except SilenceError:
                continue
            answer = card.answer(payload)
            if answer is not None:
                stream.send(answer)
    except PeerError as error:
        log.info("%s", error)
    finally:
        stream.close()
