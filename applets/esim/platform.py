"""The commands that a UICC understands whatever is selected.

Spec: ETSI TS 102 221, 11.1.19 (TERMINAL CAPABILITY), 11.2 (TERMINAL PROFILE, ENVELOPE, FETCH,
TERMINAL RESPONSE), 7.5 (MANAGE LSI).
"""

from __future__ import annotations

from typing import Protocol

from vcard import SW, Applet, Command, Memory, Reply, handles
from vcard.channel import Channel

from .cat import Cat
from .filesystem import FileSystem
from .lsi import Lsi

SELECT_INS = 0xA4


class UiccCard(Protocol):
    """The card as the applications of a UICC see it."""

    memory: Memory
    current_port: int
    cat: Cat
    lsi: Lsi

    def files(self, port: int) -> FileSystem:
        """The file system that a port shows."""

    def to_files(self, channel: Channel, command: Command) -> Reply:
        """Select the file system on a channel, and give it a command."""


class Platform(Applet):
    """What the file system, the ISD-R and the ECASD have in common."""

    card: UiccCard

    @handles(ins=0xAA, cla=0x80)
    def terminal_capability(self, command: Command) -> Reply:
        """TERMINAL CAPABILITY: noted by nobody, as all that it could switch is on."""
        return None

    @handles(ins=0x10, cla=0x80)
    def terminal_profile(self, command: Command) -> Reply:
        """TERMINAL PROFILE: a terminal that fetches proactive commands introduces itself."""
        return self.card.cat.announce(self.channel.port)

    @handles(ins=0x12, cla=0x80)
    def fetch(self, command: Command) -> Reply:
        """FETCH: the proactive command that 91xx announced."""
        return self.card.cat.fetch(self.channel.port)

    @handles(ins=0x14, cla=0x80)
    def terminal_response(self, command: Command) -> Reply:
        """TERMINAL RESPONSE: the proactive command is done."""
        return self.card.cat.respond(self.channel.port)

    @handles(ins=0xC2, cla=0x80)
    def envelope(self, command: Command) -> Reply:
        """ENVELOPE: there is no toolkit application to hand it to."""
        return None

    @handles(ins=0x7C, cla=0x80)
    def manage_lsi(self, command: Command) -> Reply:
        """MANAGE LSI: select, reset or configure logical interfaces."""
        return self.card.lsi.manage(command, self.channel)


class SecurityDomain(Platform):
    """An applet beside the file system: commands for files lead back to that."""

    def unknown(self, command: Command) -> Reply:
        """SELECT of a file, and every 2G command, are for the port's file system."""
        if command.ins == SELECT_INS:
            return self.card.to_files(self.channel, command)
        return SW.INS_NOT_SUPPORTED

    def process(self, command: Command) -> Reply:
        """As every applet; the 2G class belongs to the file system."""
        if command.cla == 0xA0:
            return self.card.to_files(self.channel, command)
        return super().process(command)
