"""Ports and logical channels: the selected applet of each, and its pending data.

Spec: ISO/IEC 7816-4, 5.4 (logical channels); ETSI TS 102 221, 7.5 (logical interfaces).
"""

from __future__ import annotations

from typing import Any, ClassVar, Protocol

from .command import Command
from .compiled import mypyc_attr
from .sw import SW

CHAIN_LIMIT = 65535


class Selectable(Protocol):
    """An applet as a channel sees it."""

    channel: Channel
    keeps_session: bool
    raw_classes: ClassVar[frozenset[int]]
    secure_messaging: bool
    secret_instructions: frozenset[int]

    def new_session(self) -> Any:
        """The state for one selection."""

    def inherited_session(self, opener: Any) -> Any:
        """The state on a channel opened from another one, whose session is `opener`."""

    def deselected(self) -> object:
        """Called when another applet was selected, or the channel was closed."""

    def process(self, command: Command) -> object:
        """Answer a command; the card looks whether it is a Reply."""


class Channel:
    """One logical channel of one port: the selected applet, its session, pending bytes."""

    __slots__ = (
        "aid",
        "applet",
        "chain",
        "chain_key",
        "number",
        "pending",
        "pending_sw",
        "port",
        "secure_channel",
        "session",
    )

    def __init__(self, number: int, port: int) -> None:
        self.number = number
        self.port = port
        self.applet: Selectable | None = None
        self.aid = b""
        self.session: Any = None
        self.secure_channel: Any = None
        self.pending = b""
        self.pending_sw = SW.OK
        self.chain = b""
        self.chain_key: tuple[int, int, int, int, bool] | None = None

    def select(self, applet: Selectable | None, aid: bytes) -> None:
        """Make `applet` the current one, with a new session (see Applet.keeps_session).

        A secure channel ends with any selection.
        """
        previous = self.applet
        self.secure_channel = None
        if applet is not None and applet is previous and applet.keeps_session:
            self.aid = aid
            return
        if previous is not None:
            previous.channel = self
            previous.deselected()
        self.applet, self.aid = applet, aid
        self.session = None
        if applet is not None:
            applet.channel = self
            self.session = applet.new_session()

    def inherit(self, opener: Channel) -> None:
        """Start with the applet of `opener`, where it stands, but without its secure channel."""
        self.applet, self.aid = opener.applet, opener.aid
        if self.applet is not None:
            self.applet.channel = self
            self.session = self.applet.inherited_session(opener.session)

    def link(self, command: Command) -> Command | None:
        """Join a chained command: the whole command at its end, None before.

        Raises 6883 if another command breaks the chain, 6700 if it grows beyond 65535 bytes.
        Spec: ISO/IEC 7816-4, 5.3.3.
        """
        known = command.class_byte
        if self.chain_key is None and not known.chained:
            return command
        key = (known.base, command.ins, command.p1, command.p2, known.secure)
        if self.chain_key not in (None, key):
            self.unlink()
            raise SW.LAST_COMMAND_EXPECTED
        self.chain_key, self.chain = key, self.chain + command.data
        if len(self.chain) > CHAIN_LIMIT:
            self.unlink()
            raise SW.WRONG_LENGTH
        return None if known.chained else self._whole(command)

    def unlink(self) -> None:
        """Discard the parts of an unfinished chained command."""
        self.chain_key, self.chain = None, b""

    def _whole(self, command: Command) -> Command:
        data = self.chain
        self.unlink()
        return command.with_data(data)


@mypyc_attr(allow_interpreted_subclasses=True)
class Port:
    """A port, selected by a NAD or MANAGE LSI: logical channels, the basic one always open."""

    __slots__ = ("channels", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.channels: dict[int, Channel] = {0: Channel(0, number)}

    def open(self, number: int) -> Channel:
        """Open channel `number` (1..19); 6881 if it is open already."""
        if number in self.channels:
            raise SW.CHANNEL_NOT_SUPPORTED
        self.channels[number] = channel = Channel(number, self.number)
        return channel

    def close(self, number: int) -> None:
        """Close channel `number` (1..19); 6881 if it is not open."""
        channel = self.channels.get(number)
        if channel is None:
            raise SW.CHANNEL_NOT_SUPPORTED
        channel.select(None, b"")
        del self.channels[number]

    def reset(self) -> None:
        """Close all channels but the basic one, on which nothing is selected then."""
        self.channels = {0: Channel(0, self.number)}
