"""A PC/SC client for tests in the world's own process: pyscard, with its end under control.

libpcsclite reads PCSCLITE_CSOCK_NAME once for each process, so one process has one world at a time.
"""

from __future__ import annotations

import time
from typing import Any

from readers import CcidReader
from vcard import Command

from ..cards.attachment import Attachment
from ..pcscd.reader_states import IGNORE, Seen
from ..system.closing import Closing
from ..system.optional_packages import pip_install
from ..worlds.place import Place
from ..worlds.world import World

SEEN_TIMEOUT_S = 10.0
AGAIN_S = 0.05
"""After this the state is read again where pcscd has counted no movement yet.

pcsc-lite compares a client's event counter only if it is not 0: to a client that has seen none, a
swap changes nothing.
"""
ELSEWHERE = (
    "this process's PC/SC does not lead to this world: libpcsclite reads PCSCLITE_CSOCK_NAME once"
    " for each process, and a context was made before the world was there (or the process has two"
    " worlds at once). Enter the world, and set its `environ`, before the first PC/SC call."
)
_COUNTER = 16
"""The event counter is in the high half of dwEventState."""


class Client(Closing):
    """Connects to the cards in a world's readers. RuntimeError if there is no pyscard.

    Close it: pcscd keeps a context for each one that is open, and has at most 200.
    """

    def __init__(self, world: World) -> None:
        self._scard = _scard()
        self._world = world
        code, self._context = self._scard.SCardEstablishContext(0)
        if code == self._scard.SCARD_E_NO_SERVICE:
            raise RuntimeError(ELSEWHERE)
        self._check((code, None))

    def close(self) -> None:
        """Give the PC/SC context back."""
        self._scard.SCardReleaseContext(self._context)

    def connect(self, reader: CcidReader, slot: int = 0) -> Connection:
        """A connection to the card in a slot, once pcscd has seen it; TimeoutError if it does not.

        RuntimeError if none has been inserted, or with PC/SC's words if it refuses.
        """
        place = next(place for place in self._world.places if place.reader is reader)
        comes_by_itself = isinstance(place.tray(slot).card, Attachment)
        if reader.slots[slot].card is None and not comes_by_itself:
            raise RuntimeError(f"no card is in {place.name!r}: reader.insert(card) puts one in")
        name = self._name(place, slot)
        self._wait(place, slot, name)
        scard = self._scard
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result = scard.SCardConnect(self._context, name, scard.SCARD_SHARE_SHARED, protocols)
        handle, protocol = self._check(result)
        return Connection(scard, handle, protocol)

    def _name(self, place: Place, slot: int) -> str:
        """The name that pcscd gave a slot: the model's, its number and the slot."""
        filtered = self._world.names
        if filtered.hides(place.model.name):
            raise RuntimeError(f"pcscd has no {place.name!r}: {IGNORE} hides it")
        code, names = self._scard.SCardListReaders(self._context, [])
        shown = filtered.shown(place.model.name)
        mine = [name for name in names if name.rpartition(" ")[0][:-3] == shown]
        mine = [name for name in mine if int(name[-2:], 16) == slot]
        alike = [other for other in self._world.places if other.model.name == place.model.name]
        if code or len(mine) <= alike.index(place):
            raise RuntimeError(ELSEWHERE)
        return str(sorted(mine)[alike.index(place)])

    def _wait(self, place: Place, slot: int, name: str) -> None:
        """Wait until pcscd has counted every movement of the card, and sees it."""
        scard, end = self._scard, time.monotonic() + SEEN_TIMEOUT_S
        state = scard.SCARD_STATE_UNAWARE
        while (left := end - time.monotonic()) > 0:
            asked = [(name, state)]
            wait = left if state >> _COUNTER else min(left, AGAIN_S)
            code, states = scard.SCardGetStatusChange(self._context, int(wait * 1000) + 1, asked)
            if code not in (scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT):
                self._check((code, None))
            state = states[0][1]
            if state & scard.SCARD_STATE_PRESENT and _counted(place, slot, state >> _COUNTER):
                return
        raise TimeoutError(f"pcscd sees no card in {name}: state {state:#x}")

    def _check(self, result: tuple[Any, ...]) -> Any:
        code, *values = result
        if code != self._scard.SCARD_S_SUCCESS:
            raise RuntimeError(self._scard.SCardGetErrorMessage(code))
        return values[0] if len(values) == 1 else values


class Connection(Closing):
    """A connection to a card; a context manager."""

    def __init__(self, scard: Any, handle: Any, protocol: int) -> None:
        self._scard, self._handle = scard, handle
        self.protocol = protocol
        self._pci = {1: scard.SCARD_PCI_T0, 2: scard.SCARD_PCI_T1}[protocol]

    @property
    def atr(self) -> bytes:
        """The card's ATR, as pcscd has it."""
        return bytes(self._check(self._scard.SCardStatus(self._handle))[-1])

    def transmit(self, command: bytes | str | Command) -> bytes:
        """The response to a command APDU, which may be hexadecimal text."""
        raw = bytes.fromhex(command) if isinstance(command, str) else bytes(command)
        return bytes(self._check(self._scard.SCardTransmit(self._handle, self._pci, list(raw)))[0])

    def control(self, code: int, data: bytes = b"") -> bytes:
        """Return the driver's answer to SCardControl."""
        return bytes(self._check(self._scard.SCardControl(self._handle, code, list(data)))[0])

    def reset(self) -> None:
        """Reset the card."""
        scard = self._scard
        result = scard.SCardReconnect(
            self._handle, scard.SCARD_SHARE_SHARED, self.protocol, scard.SCARD_RESET_CARD
        )
        self._check(result)

    def close(self) -> None:
        """Disconnect, and reset the card. Harmless if it has gone."""
        self._scard.SCardDisconnect(self._handle, self._scard.SCARD_RESET_CARD)

    def _check(self, result: tuple[Any, ...]) -> list[Any]:
        code, *values = result
        if code != self._scard.SCARD_S_SUCCESS:
            raise RuntimeError(self._scard.SCardGetErrorMessage(code))
        return values


def _counted(place: Place, slot: int, counter: int) -> bool:
    """True if pcscd has counted every movement so far, as far as that can be known."""
    counted = place.counted(slot)
    return counted is None or counted(Seen(present=True, events=counter))


def _scard() -> Any:
    try:
        from smartcard import scard
    except ImportError:
        raise RuntimeError(f"this needs pyscard: {pip_install('client')}") from None
    return scard
