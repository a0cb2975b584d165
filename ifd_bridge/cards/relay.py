"""A real card in a real reader, shown in a virtual reader.

The real reader belongs to the pcscd that this process uses: the system's, or the one that
PCSCLITE_CSOCK_NAME named when the process started. Needs the extra `client` (pyscard).
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from ifd_bridge.cards.attachment import Slots
from ifd_bridge.system import threads
from ifd_bridge.system.optional_packages import pip_install
from vcard import SW
from vcard.transmission import apdu_over_t0

log = logging.getLogger("vcard.relay")

POLL_MS = 500
GET_UID = bytes.fromhex("FFCA000000")
Send = Callable[[bytes], bytes]
Hook = Callable[[bytes, Send], bytes]
"""Called for each command: `hook(command, send)` returns the response, and may send anything first.
"""


def _scard() -> Any:
    try:
        from smartcard import scard
    except ImportError:
        raise RuntimeError(f"a relay needs pyscard: {pip_install('client')}") from None
    return scard


class RelayError(Exception):
    """PC/SC reported an error; the message has its words."""


class RealCard:
    """A Contact that passes everything on to the card in the reader called `name`."""

    def __init__(self, name: str, hook: Hook | None = None) -> None:
        self._scard = _scard()
        self._name = name
        self._hook = hook or (lambda command, send: send(command))
        self._context: Any = None
        self._card: Any = None
        self._protocol = 0

    def power_up(self) -> bytes | None:
        """Connect, or reset if connected; the real card's ATR, None if it does not answer."""
        scard = self._scard
        try:
            if self._card is None:
                self._connect()
            else:
                self._protocol = self._check(
                    scard.SCardReconnect(
                        self._card,
                        scard.SCARD_SHARE_EXCLUSIVE,
                        scard.SCARD_PROTOCOL_ANY,
                        scard.SCARD_RESET_CARD,
                    )
                )[0]
            return bytes(self._check(scard.SCardStatus(self._card))[3])
        except RelayError as error:
            log.error("%s: %s", self._name, error)
            self.power_down()
            return None

    def power_down(self) -> None:
        """Disconnect; the real card is powered down, too."""
        if self._card is not None:
            self._scard.SCardDisconnect(self._card, self._scard.SCARD_UNPOWER_CARD)
        if self._context is not None:
            self._scard.SCardReleaseContext(self._context)
        self._card = self._context = None

    def exchange(self, command: bytes, port: int | None = None) -> bytes | None:  # noqa: ARG002 - as in Contact
        """The real card's answer, through the hook; None if there is none."""
        if self._card is None:
            return None
        try:
            return self._hook(command, self._send)
        except RelayError as error:
            log.error("%s: %s", self._name, error)
            return None

    @property
    def uid(self) -> bytes | None:
        """The UID of a contactless card, as the real reader returns it; None if it knows none.

        Spec: PC/SC part 3, 3.2.2.1.3.
        """
        if self._card is None:
            return None
        try:
            answer = self._send(GET_UID)
        except RelayError as error:
            log.info("%s: no UID: %s", self._name, error)
            return None
        return answer[:-2] if answer[-2:] == SW.OK.raw else None

    def _connect(self) -> None:
        scard = self._scard
        (self._context,) = self._check(scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
        self._card, self._protocol = self._check(
            scard.SCardConnect(
                self._context, self._name, scard.SCARD_SHARE_EXCLUSIVE, scard.SCARD_PROTOCOL_ANY
            )
        )

    def _send(self, command: bytes) -> bytes:
        """Send a command APDU.

        At T=0, PC/SC passes TPDUs only, so case 4 and a wrong Le are handled here.
        """
        if self._protocol == self._scard.SCARD_PROTOCOL_T1:
            return self._transmit(command)
        return apdu_over_t0.transmit(command, self._transmit)

    def _transmit(self, command: bytes) -> bytes:
        scard = self._scard
        pci = (
            scard.SCARD_PCI_T1 if self._protocol == scard.SCARD_PROTOCOL_T1 else scard.SCARD_PCI_T0
        )
        response = bytes(self._check(scard.SCardTransmit(self._card, pci, list(command)))[0])
        if len(response) < 2:
            raise RelayError("the real card's answer has no status word")
        return response

    def _check(self, result: Any) -> tuple[Any, ...]:
        return _check(self._scard, result)


def _check(scard: Any, result: Any) -> tuple[Any, ...]:
    """The values of a PC/SC call; RelayError if it failed."""
    code, *values = result if isinstance(result, list | tuple) else (result,)
    if code != scard.SCARD_S_SUCCESS:
        raise RelayError(scard.SCardGetErrorMessage(code))
    return tuple(values)


class RelaySlot:
    """A slot that shows the card of a real reader: inserted and ejected with it."""

    def __init__(self, name: str, hook: Hook | None = None) -> None:
        self._scard = _scard()
        self._name = self._find(name)
        self._hook = hook
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def attach(self, reader: Slots, slot: int = 0) -> None:
        """Begin to insert and eject in `slot` of `reader`; also again after `close`."""
        self._stop.clear()
        name = f"relay {self._name}"
        self._thread = threads.start(
            name, partial(self._run, reader, slot), partial(_take_out, reader, slot)
        )

    def close(self) -> None:
        """Stop; the card is ejected."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(2 * POLL_MS / 1000)

    def _find(self, name: str) -> str:
        """The one reader whose name contains `name`; RuntimeError lists those there are."""
        scard = self._scard
        try:
            (context,) = _check(scard, scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
            code, names = scard.SCardListReaders(context, [])
            scard.SCardReleaseContext(context)
        except RelayError as error:
            raise RuntimeError(f"no PC/SC to relay from: {error}") from None
        exact = [known for known in names or [] if known == name]
        found = exact or [known for known in names or [] if name in known]
        if len(found) != 1:
            there = ", ".join(names or []) or f"none ({scard.SCardGetErrorMessage(code)})"
            raise RuntimeError(f"{len(found)} readers are called {name!r}; readers here: {there}")
        return str(found[0])

    def _run(self, reader: Slots, slot: int) -> None:
        scard = self._scard
        (context,) = _check(scard, scard.SCardEstablishContext(scard.SCARD_SCOPE_USER))
        state, present = scard.SCARD_STATE_UNAWARE, False
        while not self._stop.is_set():
            code, states = scard.SCardGetStatusChange(context, POLL_MS, [(self._name, state)])
            if code not in (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT):
                log.error("%s: %s", self._name, scard.SCardGetErrorMessage(code))
                self._stop.wait(POLL_MS / 1000)
                continue
            moved = states[0][1] >> 16 != state >> 16
            state = states[0][1] & ~scard.SCARD_STATE_CHANGED
            now = bool(state & scard.SCARD_STATE_PRESENT)
            if present and (moved or not now):
                with contextlib.suppress(RuntimeError):  # it has been taken out already
                    reader.eject(slot)
                present = False
            if now and not present:
                reader.insert(RealCard(self._name, self._hook), slot)
                present = True
        if present:
            with contextlib.suppress(RuntimeError):
                reader.eject(slot)
        scard.SCardReleaseContext(context)


def _take_out(reader: Slots, slot: int) -> None:
    """Take a card out that is no longer relayed."""
    with contextlib.suppress(RuntimeError):  # there is none
        reader.eject(slot)
