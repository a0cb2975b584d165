"""The file application of a UICC: files, PINs, and ETSI's additions to both.

Spec: ETSI TS 102 221, 11.1 (generic commands), 11.1.8 (INCREASE), 11.1.15 (GET
CHALLENGE).
"""

from __future__ import annotations

import secrets

from applets.shared.file_system.tree import Kind
from vcard import SW, Command, Reply, handles

from .administration import Administration
from .arr import INCREASE
from .ber_tlv_files import BerTlvFiles
from .pin_commands import PinCommands
from .suspension import Suspension

MAXIMUM_REACHED = SW(0x9850)
LONGEST_CHALLENGE = 255


class Uicc(Suspension, PinCommands, BerTlvFiles, Administration):
    """All commands for the files and PINs of a port."""

    @handles(ins=0x32, cla=0x80)
    @handles(ins=0x32, cla=0x00)
    def increase(self, command: Command) -> Reply:
        """INCREASE: the newest record plus the data becomes the newest; 9850 on overflow.

        Both classes are accepted: TS 102 221 has 80, earlier cards 00.
        """
        file = self.current(command.p1 & 0x1F, (Kind.CYCLIC,), INCREASE)
        newest = int.from_bytes(self.record_of(file, 1), "big")
        total = newest + int.from_bytes(command.data, "big")
        if total >= 1 << 8 * file.record:
            return MAXIMUM_REACHED
        value = total.to_bytes(file.record, "big")
        self.append(file, value)
        return value + command.data

    @handles(ins=0x84, cla=0x00, p1=0, p2=0)
    def get_challenge(self, command: Command) -> Reply:
        """GET CHALLENGE: Le random bytes; 6700 without Le."""
        if command.le is None or command.data:
            return SW.WRONG_LENGTH
        return secrets.token_bytes(min(command.ne, LONGEST_CHALLENGE))
