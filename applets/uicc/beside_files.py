"""An applet of a UICC beside its file system: it leaves commands for files to that.

Spec: ETSI TS 102 221, 8.5.1 (SELECT of a file while another application is selected).
"""

from __future__ import annotations

from typing import Protocol

from vcard import SW, Command, Reply
from vcard.channel import Channel

from .platform import Platform, UiccCard

SELECT = 0xA4
GSM_CLASS = 0xA0


class CardWithFiles(UiccCard, Protocol):
    """The card as an applet beside the files sees it."""

    def to_files(self, channel: Channel, command: Command) -> Reply:
        """Select the file system on a channel, and give it a command."""


class BesideFiles(Platform):
    """An applet beside the file system: commands for files lead back to that."""

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
