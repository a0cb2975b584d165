"""Logical secure element interfaces: MANAGE LSI. `Habits.nads` maps NADs to ports.

Assumption: the coding follows decoders and logs, because the standard's text was not available; so
do the status words for wrong parameters.
Spec: ETSI TS 102 221 release 17, 7.5; GSMA SGP.22 v3, 2.12 (MEP).
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Protocol

from vcard import SW, Command, Reply, tlv
from vcard.channel import Channel, Port
from vcard.tlv import parse_all

NAD_SELECTION = 0x01


class Mep(IntEnum):
    """Modes of multiple enabled profiles, with their numbers in MANAGE LSI."""

    NONE = 0
    A1 = 1
    A2 = 2
    B = 3

    @classmethod
    def named(cls, name: str) -> Mep:
        """The mode of this name, in capitals or not; ValueError names those there are."""
        known = {mode.name.lower(): mode for mode in cls}
        if name.lower() not in known:
            raise ValueError(f"a mode of MEP is {', '.join(known)}, not {name!r}")
        return known[name.lower()]


class Operation(IntEnum):
    """P1 of MANAGE LSI."""

    SELECT = 0
    RESET = 1
    CONFIGURE = 4


class Interfaces(Protocol):
    """A card with logical interfaces."""

    current_port: int
    profile_ports: int

    @property
    def ports(self) -> Sequence[Port]:
        """All interfaces, by number."""

    def reset_port(self, number: int, keep: Channel | None = None) -> bytes:
        """Reset one interface and return the ATR."""


class Lsi:
    """MANAGE LSI for one card. With `strict`, all interfaces except 0 must be configured first."""

    def __init__(self, card: Interfaces, mode: Mep, *, strict: bool) -> None:
        self.card = card
        self.mode = mode
        self.strict = strict
        self.configured = False

    def reset(self) -> None:
        """Reset of the card: forget the configuration."""
        self.configured = False

    def manage(self, command: Command, channel: Channel) -> Reply:
        """MANAGE LSI. 6D00 without MEP, 6A86 for wrong P1-P2, 6A80 for wrong data."""
        if self.mode is Mep.NONE:
            return SW.INS_NOT_SUPPORTED
        if command.p1 == Operation.CONFIGURE:
            return self._configure(command)
        if command.p1 not in (Operation.SELECT, Operation.RESET):
            return SW.INCORRECT_P1_P2
        if command.p2 >= len(self.card.ports):
            return SW.INCORRECT_P1_P2
        if command.p2 and self.strict and not self.configured:
            return SW.CONDITIONS_NOT_SATISFIED
        if command.p1 == Operation.SELECT:
            self.card.current_port = command.p2
            return None
        return tlv(0x80, self.card.reset_port(command.p2, keep=channel))

    def _configure(self, command: Command) -> Reply:
        if command.p2:
            return SW.INCORRECT_P1_P2
        try:
            proposed = {item.tag: item.value for item in parse_all(command.data)}
        except ValueError:
            return SW.WRONG_DATA
        if any(len(proposed.get(tag, b"\0")) != 1 for tag in (0x80, 0x91)):
            return SW.WRONG_DATA
        self.configured = True
        modes = proposed.get(0x90, bytes((self.mode,)))
        agreed = self.mode if self.mode in modes else Mep.NONE
        last = len(self.card.ports) - 1
        return (
            tlv(0x80, bytes((last,)))
            + tlv(0x81, bytes((NAD_SELECTION,)))
            + tlv(0x90, bytes((agreed, self.mode)))
            + tlv(0x91, bytes((self.card.profile_ports,)))
        )
