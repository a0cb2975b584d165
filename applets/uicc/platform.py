"""The commands that a UICC accepts in any application: capabilities, the toolkit, files.

Spec: ETSI TS 102 221, 8.5.1 (SELECT of a file while another application is selected), 11.1.19
(TERMINAL CAPABILITY), 11.2 (TERMINAL PROFILE, ENVELOPE, FETCH, TERMINAL RESPONSE).
"""

from __future__ import annotations

from typing import Protocol

from vcard import SW, Applet, Command, Memory, Reply, handles
from vcard.channel import Channel

from .files import UiccFiles
from .toolkit import Cat

SELECT = 0xA4
GSM_CLASS = 0xA0


class UiccCard(Protocol):
    """The card as the applications of a UICC see it."""

    memory: Memory
    current_port: int
    cat: Cat

    def files(self, port: int) -> UiccFiles:
        """Return the file system of a port."""


class Platform(Applet):
    """The base of all applications of a UICC."""

    card: UiccCard

    def process(self, command: Command) -> Reply:
        """Answer a command; 9000 becomes 91xx while a proactive command waits."""
        return self.card.cat.announced(self.channel.port, super().process(command))

    @handles(ins=0xAA, cla=0x80)
    def terminal_capability(self) -> Reply:
        """TERMINAL CAPABILITY: accepted and ignored, because everything it enables is on."""
        return None

    @handles(ins=0x10, cla=0x80)
    def terminal_profile(self) -> Reply:
        """TERMINAL PROFILE: a terminal that fetches proactive commands introduces itself."""
        return self.card.cat.announce(self.channel.port)

    @handles(ins=0x12, cla=0x80)
    def fetch(self) -> Reply:
        """FETCH: the proactive command that 91xx announced."""
        return self.card.cat.fetch(self.channel.port)

    @handles(ins=0x14, cla=0x80)
    def terminal_response(self, command: Command) -> Reply:
        """TERMINAL RESPONSE: the terminal has performed the proactive command."""
        return self.card.cat.respond(self.channel.port, command.data)

    @handles(ins=0xC2, cla=0x80)
    def envelope(self, command: Command) -> Reply:
        """ENVELOPE: a download, or a message to the toolkit application."""
        return self.card.cat.envelope(self.channel.port, command.data)


class CardWithFiles(UiccCard, Protocol):
    """The card as an applet beside the files sees it."""

    def to_files(self, channel: Channel, command: Command) -> Reply:
        """Select the file system on a channel, and pass it a command."""


class BesideFiles(Platform):
    """An applet beside the file system: SELECT of a file returns to the file system."""

    card: CardWithFiles

    def unknown(self, command: Command) -> Reply:
        """Pass SELECT of a file to the port's file system; refuse all else with 6D00."""
        if command.ins == SELECT:
            return self.card.to_files(self.channel, command)
        return SW.INS_NOT_SUPPORTED

    def process(self, command: Command) -> Reply:
        """Answer a command; the 2G class belongs to the file system."""
        if command.cla == GSM_CLASS:
            return self.card.to_files(self.channel, command)
        return super().process(command)
