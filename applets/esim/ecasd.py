"""The eUICC controlling authority security domain: GET DATA with the EID.

Spec: GSMA SGP.02, 2.2.2 and 4.1.3.3; SGP.22, 2.4.5 (its keys are used inside the card).
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles, tlv

from .security_domain import BesideProfile

EID_TAG = 0x5A


class Ecasd(BesideProfile):
    """SELECT and GET DATA."""

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
