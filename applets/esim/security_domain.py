"""Applications of an eUICC: the file system of each port, and security domains.

Spec: GSMA SGP.22, 2.4 (ISD-R), 2.4.5 (ECASD: its keys are used inside the card); SGP.02, 2.2.2 and
4.1.3.3 (EID); ETSI TS 102 221, 7.5 (MANAGE LSI).
"""

from __future__ import annotations

from typing import Protocol

from applets.sim.authentication import SimCard
from applets.sim.sim import SimApplication
from applets.uicc.platform import BesideFiles, CardWithFiles, Platform
from vcard import SW, Command, Reply, handles, tlv

from .lsi import Lsi

EID_TAG = 0x5A


class EuiccCard(SimCard, CardWithFiles, Protocol):
    """The card as the applications of an eUICC see it."""

    lsi: Lsi


class MultiplePorts(Platform):
    """An application of a card with logical interfaces."""

    card: EuiccCard

    @handles(ins=0x7C, cla=0x80)
    def manage_lsi(self, command: Command) -> Reply:
        """MANAGE LSI: select, reset or configure logical interfaces."""
        return self.card.lsi.manage(command, self.channel)


class ProfileFiles(SimApplication, MultiplePorts):
    """The file system of a port: that of its enabled profile, or an almost empty one."""

    section = "Uicc"
    card: EuiccCard


class BesideProfile(BesideFiles, MultiplePorts):
    """An applet beside the file system of an eUICC."""

    card: EuiccCard


class Ecasd(BesideProfile):
    """The eUICC controlling authority security domain: GET DATA with the EID."""

    aid = bytes.fromhex("A0000005591010FFFFFFFF8900000200")
    section = "Ecasd"

    def selected(self, command: Command, aid: bytes) -> Reply:  # noqa: ARG002 - as Applet declares it
        """An FCI with the AID."""
        return tlv(0x6F, tlv(0x84, aid), tlv(0xA5, tlv(0x9F65, b"\xff")))

    def __init__(self, eid: str) -> None:
        self._eid = bytes.fromhex(eid)

    @handles(ins=0xCA, cla=0x00)
    @handles(ins=0xCA, cla=0x80)
    def get_data(self, command: Command) -> Reply:
        """GET DATA: the EID (tag 5A); 6A88 for other tags."""
        if command.p1p2 != EID_TAG:
            return SW.REFERENCED_DATA_NOT_FOUND
        return tlv(EID_TAG, self._eid)
