"""The card: what it is made of, its power, and what is asked of it beside commands.

The path of every command is in dispatch.py.

Spec: ISO/IEC 7816-4, 11.1.1 (SELECT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .applet import Applet
from .atr.atr import Atr
from .channel import Channel
from .command import Command, Reply
from .contact import Habits, nads_of_ports
from .dispatch import Dispatcher
from .memory import Memory
from .selection import NO_RESPONSE, choose
from .sw import SW

if TYPE_CHECKING:  # few cards have a button, secrets other than PINs, or work on a bus
    from .hid import Around, HidFunction
    from .secret import SecretCommand
    from .touch import Touch

DEFAULT_ATR = bytes(Atr.build((0, 1), b"\x80\x65vcard"))
"""T=0 and T=1, historical bytes `80 65 "vcard"` (compact TLV, pre-issuing data)."""


class Card(Dispatcher):
    """A card made of applets. It is a Contact: power it up and exchange APDUs with it.

    `default` (it needs no AID) is selected on every channel from the start. `ports` is how many
    logical interfaces there are; `current_port` counts where the reader names none. `memory` has
    the non-volatile state. `habits` are those below the APDU; a card with ports knows their NADs.
    """

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
        super().__init__(Memory() if memory is None else memory, default, ports)
        self.atr = bytes(atr)
        self.habits = habits or Habits(nads_of_ports(ports) if ports > 1 else None)
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
