"""A HID message in progress: keep-alives, then its response.

Spec: CTAP 2.1, 11.2.9.1 (CTAPHID_MSG, CTAPHID_CBOR), 11.2.9.2 (CTAPHID_ERROR, CTAPHID_KEEPALIVE).
"""

from __future__ import annotations

from collections.abc import Iterator

from vcard import SW, Busy
from vcard import Command as Apdu
from vcard.command import EXTENDED_MAX, SHORT_MAX

from .authenticator import Call
from .codes import NFCCTAP_MSG, UNDERSTANDS_KEEP_ALIVE, Status
from .hid_packets import LONGEST, Command, Error, reports

KEEP_ALIVE_S = 0.1
"""Interval between keep-alives of a waiting command, in seconds."""


def on_contacts(message: bytes) -> bytes:
    """The APDU that carries a CTAP2 message on a card's contacts. Spec: CTAP 2.1, 11.3.5."""
    extended = len(message) >= SHORT_MAX
    most = EXTENDED_MAX if extended else SHORT_MAX
    return bytes(Apdu(0x80, NFCCTAP_MSG, UNDERSTANDS_KEEP_ALIVE, 0, message, most, extended))


class Work:
    """A message on a channel: `take` its reply, and `look` again while it `waits`."""

    def __init__(self, channel: int, command: int, now: float) -> None:
        self.channel, self.command = channel, command
        self.began = self.now = now
        self.told = now
        """The time of the last keepalive."""
        self.call: Call | None = None
        """The command of CTAP2, once that has begun."""
        self._due = now
        self._reply: bytes | Busy | None = None

    @property
    def waits(self) -> bool:
        """Whether the response is still to come."""
        return isinstance(self._reply, Busy)

    @property
    def deadline(self) -> float:
        """The time of the next look."""
        return min(self._due, self.told + KEEP_ALIVE_S)

    def take(self, reply: bytes | Busy | None) -> None:
        """Take the response APDU, or Busy; None if there will be no response."""
        self._reply = reply
        if isinstance(reply, Busy):
            self._due = self.now + reply.seconds

    def look(self, now: float) -> None:
        """Continue if `deadline` has come."""
        self.now = now
        if isinstance(self._reply, Busy) and now >= self._due:
            self.take(self._reply.finish())

    def cancel(self) -> None:
        """End a CTAP2 command with KEEPALIVE_CANCEL, unless its response is ready."""
        if self.call is None:
            self._reply = bytes((Status.KEEPALIVE_CANCEL,)) + SW.OK.raw
            return
        self.call.cancel()
        while isinstance(self._reply, Busy):
            self.take(self._reply.finish())

    def answer(self) -> Iterator[bytes]:
        """The reports of the response; none from a mute device.

        A CTAP2 response that is only an error's status word becomes CTAPHID_ERROR.
        """
        assert not isinstance(self._reply, Busy)
        raw = self._reply
        if raw is None:
            return iter(())
        if self.command == Command.CBOR:
            if len(raw) == len(SW.OK.raw) and raw != SW.OK.raw:
                return reports(self.channel, Command.ERROR, bytes((Error.OTHER,)))
            raw = raw.removesuffix(SW.OK.raw)
        return reports(self.channel, self.command, raw[:LONGEST])
