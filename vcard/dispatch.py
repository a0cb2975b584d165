"""One command on its way through a card: port, channel, transaction, applet, response APDU.

The part of a card that every command goes through, which its users neither extend nor look into:
Card, above it, is what they subclass and give attributes.

Spec: ISO/IEC 7816-4, 11.1.1 (SELECT), 11.8.1 (GET RESPONSE).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import ClassVar, Final

from .applet import Applet
from .channel import Channel, Port
from .command import CLASS_BYTES, Command, Later, Response
from .compiled import mypyc_attr
from .contact import Busy
from .memory import Memory, PowerLost, WriteError
from .selection import BY_DF_NAME, select_default
from .sw import SW

log = logging.getLogger("vcard.card")

SELECT: Final = 0xA4
MANAGE_CHANNEL: Final = 0x70
GET_RESPONSE: Final = 0xC0
_PROPRIETARY: Final = 0x80
_OK: Final = SW.OK


@mypyc_attr(allow_interpreted_subclasses=True)
class Dispatcher:
    """Ports, channels and applets, and how a command finds its way among them."""

    data_need_le: ClassVar[bool] = False
    """True for a card that keeps data for GET RESPONSE unless the command has an Le, as SIMs do."""

    has_channels: ClassVar[bool] = True
    """False for a card with the basic channel alone: MANAGE CHANNEL is its applets' business."""

    def __init__(self, memory: Memory, default: Applet | None, ports: int) -> None:
        self.memory = memory
        self.default = default
        self.applets: list[Applet] = []
        self.ports: tuple[Port, ...] = tuple([Port(number) for number in range(ports)])
        self.current_port = 0
        self.powered = False

    def exchange(self, command: bytes, port: int | None = None) -> bytes | Busy | None:
        """Answer one command APDU (see Contact)."""
        if not self.powered:
            return None
        try:
            parsed = Command.parse(command)
        except ValueError:
            return SW.WRONG_LENGTH.raw
        number = self.current_port if port is None else port
        if number >= len(self.ports):
            return None
        channels = self.ports[number].channels
        cla = command[0]
        if cla >= _PROPRIETARY:
            basic = channels[0]
            if basic.applet is not None and cla in basic.applet.raw_classes:
                return _answer(self, basic, parsed, partial(_dispatch_raw, basic, parsed))
        channel = channels.get(CLASS_BYTES[cla].channel)
        if channel is None:
            return SW.CHANNEL_NOT_SUPPORTED.raw
        return _answer(self, channel, parsed, None)

    def power_down(self) -> None:
        """Lose the supply; non-volatile memory is kept."""
        self.powered = False

    def _dispatch(self, channel: Channel, command: Command) -> object:
        """Do what the card does itself; give the rest to the selected applet.

        GET RESPONSE comes first, whatever its class says: hosts send it with the class of the
        command before, protected or not. A protected command without an applet that knows secure
        messaging is refused and changes nothing. With one, a chain is joined and the whole
        command, SELECT too, reaches the applet as it came.
        Spec: ISO/IEC 7816-4, 5.3.3 (chaining), 5.4.1 and 5.6 (6882).
        """
        known, ins = CLASS_BYTES[command.cla], command.ins
        if not known.valid:
            return SW.CLA_NOT_SUPPORTED
        if ins == GET_RESPONSE and channel.pending and not (known.secure and command.data):
            return _get_response(channel)
        applet = channel.applet
        if known.secure and (applet is None or not applet.secure_messaging):
            return SW.SECURE_MESSAGING_NOT_SUPPORTED
        channel.pending = b""
        if known.chained or channel.chain_key is not None:
            linked = channel.link(command)
            if linked is None:
                return None
            command = linked
        if known.secure:
            return _forward(channel, command)
        if ins == SELECT and command.p1 == BY_DF_NAME and known.base == 0:
            return self._select(channel, command)
        if ins == MANAGE_CHANNEL and known.base == 0 and self.has_channels:
            from .manage_channel import manage_channel  # few hosts use more than one channel

            return manage_channel(self.ports[channel.port], channel, command, self._select_default)
        if applet is None:
            return SW.INS_NOT_SUPPORTED if known.base in (0x00, 0x80) else SW.CLA_NOT_SUPPORTED
        applet.channel = channel
        return applet.process(command)

    def _select(self, channel: Channel, command: Command) -> object:
        """SELECT by DF name."""
        raise NotImplementedError

    def _select_default(self, channel: Channel) -> None:
        """Select the default applet, if there is one, on a new channel."""
        if self.default is not None:
            select_default(self.applets, self.default, channel)


# One command


def _answer(
    card: Dispatcher, channel: Channel, command: Command, then: Callable[[], object] | None
) -> bytes | Busy | None:
    """Run the command, or what is left of it, as one transaction; return the response APDU.

    What the command wrote is committed before its response is returned.
    """
    memory = card.memory
    memory.depth += 1
    try:
        reply = card._dispatch(channel, command) if then is None else then()
        if isinstance(reply, Later):
            answer: bytes | Busy = _busy(card, channel, command, reply)
        else:
            answer = _encode(card, channel, command, reply)
    except PowerLost:
        _die(card)
        return None
    except Exception as error:
        memory.abort()
        return _explain(error, channel, command).raw
    except BaseException:
        memory.abort()
        raise
    memory.depth -= 1
    return _committed(card, channel, command, answer) if memory.changed else answer


def _committed(
    card: Dispatcher, channel: Channel, command: Command, answer: bytes | Busy
) -> bytes | Busy | None:
    """The answer, if what the command wrote could be kept."""
    try:
        card.memory.settle()
    except PowerLost:
        _die(card)
        return None
    except OSError as error:
        return _unwritten(error, channel, command).raw
    return answer


def _busy(card: Dispatcher, channel: Channel, command: Command, reply: Later) -> Busy:
    return Busy(reply.seconds, partial(_finish, card, channel, command, reply.then))


def _finish(
    card: Dispatcher, channel: Channel, command: Command, then: Callable[[], object]
) -> bytes | Busy | None:
    if not card.powered or card.ports[channel.port].channels.get(channel.number) is not channel:
        return None  # the power went, or the card was reset, while it was busy
    assert channel.applet is not None
    channel.applet.channel = channel
    return _answer(card, channel, command, then)


def _dispatch_raw(channel: Channel, command: Command) -> object:
    """Give the applet a command of a class that is its own, unless its data still wait."""
    if command.ins == GET_RESPONSE and channel.pending:
        return _get_response(channel)
    channel.pending = b""
    channel.unlink()
    return _forward(channel, command)


def _forward(channel: Channel, command: Command) -> object:
    applet = channel.applet
    assert applet is not None
    applet.channel = channel
    return applet.process(command)


def _get_response(channel: Channel) -> Response:
    data, channel.pending = channel.pending, b""
    return Response(data, channel.pending_sw)


def _encode(card: Dispatcher, channel: Channel, command: Command, reply: object) -> bytes:
    """Data and status word; what is beyond Ne waits for GET RESPONSE.

    Spec: ISO/IEC 7816-4, 5.3.4 (payload larger than Ne, 61xx).
    """
    if reply is None:
        return _OK.raw
    if isinstance(reply, bytes):
        data, sw = reply, _OK
    elif isinstance(reply, SW):
        return reply.raw
    elif isinstance(reply, Response):
        data, sw = reply.data, reply.sw
    else:
        kind = type(reply).__name__
        raise TypeError(f"a handler returns bytes, SW, Response, Later or None, not {kind}")
    ne = 0 if card.data_need_le and command.le is None else command.ne
    if len(data) <= ne:
        return data + sw.raw
    channel.pending, channel.pending_sw = data[ne:], sw
    return data[:ne] + SW.bytes_left(len(channel.pending)).raw


# What goes wrong


def _die(card: Dispatcher) -> None:
    """Lose power in the middle of a write: stay mute until the next power-up."""
    card.memory.power_lost()
    card.power_down()


def _explain(error: Exception, channel: Channel, command: Command) -> SW:
    """The status word for what a handler raised; anything but an SW is a bug of its applet."""
    if isinstance(error, SW):
        error.__traceback__ = error.__context__ = None  # shared: keep no frames alive
        return error
    if isinstance(error, WriteError):
        return _unwritten(error, channel, command)
    log.error("%s: unexpected", _loggable(channel, command), exc_info=error)
    return SW.NO_PRECISE_DIAGNOSIS


def _unwritten(error: OSError, channel: Channel, command: Command) -> SW:
    log.error("%s: the memory cannot be written: %s", _loggable(channel, command), error)
    channel.pending = b""
    return SW.MEMORY_FAILURE


def _loggable(channel: Channel, command: Command) -> str:
    """The command in hexadecimal; the data of PIN commands and the like as their length.

    Spec: ISO/IEC 7816-4, 11.6 (instructions 20 to 2D carry verification data).
    """
    secret = channel.applet.secret_instructions if channel.applet is not None else frozenset()
    if not 0x20 <= command.ins <= 0x2F and command.ins not in secret:
        return bytes(command).hex(" ")
    return f"{command.header.hex(' ')} ({len(command.data)} bytes)"
