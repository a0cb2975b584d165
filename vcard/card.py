"""The card: ports, channels, applets, and the commands that belong to the card itself.

Every command takes the one path through this module. SELECT by name, channels and MANAGE CHANNEL
have modules of their own.

Spec: ISO/IEC 7816-4, 11.1.1 (SELECT), 11.8.1 (GET RESPONSE).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from .applet import Applet
from .atr.atr import Atr
from .channel import Channel, Port
from .command import CLASS_BYTES, Command, Later, Reply, Response
from .contact import Busy, Habits, nads_of_ports
from .memory import Memory, PowerLost, WriteError
from .selection import BY_DF_NAME, NO_RESPONSE, choose, select_default
from .sw import SW

if TYPE_CHECKING:  # few cards have a button, secrets other than PINs, or work on a bus
    from .hid import Around, HidFunction
    from .secret import SecretCommand
    from .touch import Touch

log = logging.getLogger("vcard.card")

DEFAULT_ATR = bytes(Atr.build((0, 1), b"\x80\x65vcard"))
"""T=0 and T=1, historical bytes `80 65 "vcard"` (compact TLV, pre-issuing data)."""

SELECT, MANAGE_CHANNEL, GET_RESPONSE = 0xA4, 0x70, 0xC0


class Card:
    """A card made of applets. It is a Contact: power it up and exchange APDUs with it.

    `default` (it needs no AID) is selected on every channel from the start. `ports` is how many
    logical interfaces there are; `current_port` counts where the reader names none. `memory` has
    the non-volatile state. `habits` are those below the APDU; a card with ports knows their NADs.
    """

    data_need_le = False
    """True for a card that keeps data for GET RESPONSE unless the command has an Le, as SIMs do."""

    has_channels = True
    """False for a card with the basic channel alone: MANAGE CHANNEL is its applets' business."""

    keeps_selection = True
    """False for a card on which a SELECT that finds nothing leaves nothing selected."""

    def __init__(
        self,
        *applets: Applet,
        atr: bytes | Atr = DEFAULT_ATR,
        memory: Memory | None = None,
        default: Applet | None = None,
        ports: int = 1,
        habits: Habits | None = None,
    ) -> None:
        self.atr = bytes(atr)
        self.memory = Memory() if memory is None else memory
        self.default = default
        self.applets: list[Applet] = []
        self.habits = habits or Habits(nads_of_ports(ports) if ports > 1 else None)
        self.ports = tuple(Port(number) for number in range(ports))
        self.current_port = 0
        self.powered = False
        for applet in applets if default is None or default in applets else (*applets, default):
            self.install(applet)

    def install(self, applet: Applet) -> None:
        """Put an applet on the card; ValueError if one of its AIDs is taken or malformed."""
        if applet.is_nameless and applet is not self.default:
            raise ValueError(f"only the card's default can be without an AID, {applet!r} has none")
        taken = {aid for other in self.applets for aid in other.aids}
        for aid in applet.aids:
            if aid in taken:
                raise ValueError(f"AID {aid.hex().upper()} is on the card already")
            if not 5 <= len(aid) <= 16:
                raise ValueError(f"an AID has 5..16 bytes, {aid.hex().upper()} has not")
        applet.card = self
        applet.memory = self.memory.section(self._section_name(applet))
        with self.memory.transaction():
            applet.installed()
        self.applets.append(applet)

    @property
    def touch(self) -> Touch | None:
        """The card's button: that of the first applet that has one."""
        return next((applet.touch for applet in self.applets if applet.touch is not None), None)

    @property
    def secret_commands(self) -> frozenset[SecretCommand]:
        """The commands of its applets whose data no trace and no log may show, beside PINs."""
        found = {ins for applet in self.applets for ins in applet.secret_instructions}
        if not found:
            return frozenset()
        from .secret import SecretCommand

        return frozenset(map(SecretCommand, found))

    def hid_function(self, around: Around) -> HidFunction | None:
        """Start the bus function of the first applet that has one (see vcard.hid)."""
        begun = (applet.hid_function(around) for applet in self.applets)
        return next((function for function in begun if function is not None), None)

    def uninstall(self, applet: Applet) -> None:
        """Take an applet off the card with its memory; ValueError if it is not there."""
        self.applets.remove(applet)
        for port in self.ports:
            for channel in port.channels.values():
                if channel.applet is applet:
                    channel.select(None, b"")
        applet.memory.clear()
        if self.default is applet:
            self.default = None

    def _section_name(self, applet: Applet) -> str:
        """The applet's section; with the AID behind it for a second applet of that section."""
        name = applet.section
        if any(other.section == name for other in self.applets):
            return f"{name}-{next(iter(applet.aids), b'').hex()}"
        return name

    # The Contact

    def power_up(self) -> bytes | None:
        """Reset the card, clear volatile state, and return the ATR."""
        self.power_down()
        self.powered = True
        self.current_port = 0
        for port in self.ports:
            port.reset()
            self._select_default(port.channels[0])
        for applet in tuple(self.applets):  # a card manager may change them
            applet.powered()
        return self.atr

    def power_down(self) -> None:
        """Lose the supply; non-volatile memory is kept."""
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
        applet = channels[0].applet
        if applet is not None and parsed.cla in applet.raw_classes:
            return self._answer(channels[0], parsed, self._dispatch_raw)
        channel = channels.get(CLASS_BYTES[parsed.cla].channel)
        if channel is None:
            return SW.CHANNEL_NOT_SUPPORTED.raw
        return self._answer(channel, parsed, self._dispatch)

    # One command

    def _answer(
        self, channel: Channel, command: Command, work: Callable[[Channel, Command], Reply]
    ) -> bytes | Busy | None:
        """Run the work as one memory transaction and return its response APDU.

        What the command wrote is committed before its response is returned.
        """
        memory = self.memory
        memory.begin()
        try:
            reply = work(channel, command)
            if isinstance(reply, Later):
                answer: bytes | Busy = self._busy(channel, command, reply)
            else:
                answer = self._encode(channel, command, reply)
        except PowerLost:
            self._die()
            return None
        except Exception as error:
            memory.abort()
            return self._explain(error, channel, command).raw
        except BaseException:
            memory.abort()
            raise
        try:
            memory.end()
        except PowerLost:
            self._die()
            return None
        except OSError as error:
            return _unwritten(error, channel, command).raw
        return answer

    def _busy(self, channel: Channel, command: Command, reply: Later) -> Busy:
        return Busy(reply.seconds, lambda: self._finish(channel, command, reply.then))

    def _finish(
        self, channel: Channel, command: Command, then: Callable[[], Reply]
    ) -> bytes | Busy | None:
        if not self.powered or self.ports[channel.port].channels.get(channel.number) is not channel:
            return None  # the power went, or the card was reset, while it was busy
        assert channel.applet is not None
        channel.applet.channel = channel
        return self._answer(channel, command, lambda *_: then())

    def _dispatch(self, channel: Channel, command: Command) -> Reply:
        """Do what the card does itself; give the rest to the selected applet.

        GET RESPONSE comes first, whatever its class says: hosts send it with the class of the
        command before, protected or not. A protected command without an applet that knows secure
        messaging is refused and changes nothing. With one, a chain is joined and the whole
        command, SELECT too, reaches the applet as it came.
        Spec: ISO/IEC 7816-4, 5.3.3 (chaining), 5.4.1 and 5.6 (6882).
        """
        known = CLASS_BYTES[command.cla]
        if not known.valid:
            return SW.CLA_NOT_SUPPORTED
        if command.ins == GET_RESPONSE and channel.pending and not (known.secure and command.data):
            return self._get_response(channel)
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
            return self._forward(channel, command)
        if command.ins == SELECT and command.p1 == BY_DF_NAME and known.base == 0:
            return self._select(channel, command)
        if command.ins == MANAGE_CHANNEL and known.base == 0 and self.has_channels:
            from .manage_channel import manage_channel  # few hosts use more than one channel

            return manage_channel(self.ports[channel.port], channel, command, self._select_default)
        if applet is None:
            return SW.INS_NOT_SUPPORTED if known.base in (0x00, 0x80) else SW.CLA_NOT_SUPPORTED
        applet.channel = channel
        return applet.process(command)

    def _dispatch_raw(self, channel: Channel, command: Command) -> Reply:
        """Give the applet a command of a class that is its own, unless its data still wait."""
        if command.ins == GET_RESPONSE and channel.pending:
            return self._get_response(channel)
        channel.pending, channel.chain_key, channel.chain = b"", None, b""
        return self._forward(channel, command)

    @staticmethod
    def _forward(channel: Channel, command: Command) -> Reply:
        applet = channel.applet
        assert applet is not None
        applet.channel = channel
        return applet.process(command)

    @staticmethod
    def _explain(error: Exception, channel: Channel, command: Command) -> SW:
        """The status word for what a handler raised; anything but an SW is a bug of its applet."""
        if isinstance(error, SW):
            error.__traceback__ = error.__context__ = None  # shared: keep no frames alive
            return error
        if isinstance(error, WriteError):
            return _unwritten(error, channel, command)
        log.error("%s: unexpected", _loggable(channel, command), exc_info=error)
        return SW.NO_PRECISE_DIAGNOSIS

    def _encode(self, channel: Channel, command: Command, reply: object) -> bytes:
        """Data and status word; what is beyond Ne waits for GET RESPONSE.

        Spec: ISO/IEC 7816-4, 5.3.4 (payload larger than Ne, 61xx).
        """
        if reply is None:
            return SW.OK.raw
        if isinstance(reply, bytes):
            data, sw = reply, SW.OK
        elif isinstance(reply, SW):
            return reply.raw
        elif isinstance(reply, Response):
            data, sw = reply.data, reply.sw
        else:
            kind = type(reply).__name__
            raise TypeError(f"a handler returns bytes, SW, Response, Later or None, not {kind}")
        ne = 0 if self.data_need_le and command.le is None else command.ne
        if len(data) <= ne:
            return data + sw.raw
        channel.pending, channel.pending_sw = data[ne:], sw
        return data[:ne] + SW.bytes_left(len(channel.pending)).raw

    def _select_default(self, channel: Channel) -> None:
        """Select the default applet on a new channel."""
        select_default(self.applets, self.default, channel)

    def _die(self) -> None:
        """Lose power in the middle of a write: stay mute until the next power-up."""
        self.memory.power_lost()
        self.power_down()

    # The card's own commands

    @staticmethod
    def _get_response(channel: Channel) -> Reply:
        data, channel.pending = channel.pending, b""
        return Response(data, channel.pending_sw)

    def _select(self, channel: Channel, command: Command) -> Reply:
        """SELECT by DF name: full or partial AID, first, last, next or previous occurrence."""
        chosen = choose(self.applets, channel, command.data, command.p2)
        if chosen is None:
            if not self.keeps_selection:
                channel.select(None, b"")
            return SW.FILE_NOT_FOUND
        applet, aid = chosen
        channel.select(applet, aid)
        reply = applet.selected(command, aid)
        if command.p2 & NO_RESPONSE == NO_RESPONSE and isinstance(reply, bytes):
            return None  # P2 asks for no response data
        return reply


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
