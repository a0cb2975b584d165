"""VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER.

Spec: OpenPGP Smart Card Application 3.4, 7.2.2 to 7.2.4.
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles

from .codes import Ins
from .codes import Password as Reference
from .data_commands import DataCommands
from .passwords import Password
from .session import PW1, RC
from .state import PASSWORDS

FORGET, BY_CODE, BY_ADMINISTRATOR = 0xFF, 0x00, 0x02


class PasswordCommands(DataCommands):
    """The commands that compare, change and unblock passwords."""

    @handles(Ins.VERIFY)
    def verify(self, command: Command) -> Reply:
        """Verify a password, query its status (no data), or end its verification (P1 FF)."""
        password = self._password(command.p2)
        if not command.data and not self.persona.tells_status:
            return SW.WRONG_DATA
        if command.p1 == FORGET:
            if command.data:
                return SW.WRONG_DATA
            self.status.verified.discard(command.p2)
            return SW.OK
        if command.p1 != 0:
            return SW.INCORRECT_P1_P2
        if not command.data:
            return SW.OK if command.p2 in self.status.verified else password.status
        self.status.verified.discard(command.p2)
        password.check(command.data)
        self.status.verified.add(command.p2)
        return SW.OK

    @handles(Ins.CHANGE_REFERENCE_DATA, p1=0)
    def change_reference_data(self, command: Command) -> Reply:
        """Replace PW1 or PW3; the data are the old value and the new one, without a separator."""
        if command.p2 == Reference.PW1:
            return SW.INCORRECT_P1_P2
        password = self._password(command.p2)
        old, new = password.split(command.data)
        try:
            password.check(old)
        except SW:
            self._forget(PASSWORDS[Reference(command.p2)])
            raise
        password.renew(new)
        return SW.OK

    @handles(Ins.RESET_RETRY_COUNTER, p2=Reference.PW1_SIGNATURE)
    def reset_retry_counter(self, command: Command) -> Reply:
        """Set a new PW1 as the administrator (P1 02), or with the resetting code (P1 00)."""
        new = command.data
        if command.p1 == BY_CODE:
            code = self.passwords[RC]
            proof, new = code.split(command.data)
            code.check(proof)
        elif command.p1 == BY_ADMINISTRATOR:
            self.needs(Reference.PW3)
        else:
            return SW.INCORRECT_P1_P2
        self.passwords[PW1].renew(new)
        return SW.OK

    def _password(self, reference: int) -> Password:
        if reference not in tuple(Reference):
            raise self.persona.wrong_reference
        return self.passwords[PASSWORDS[Reference(reference)]]

    def _forget(self, name: str) -> None:
        """End the verified status of a password; for PW1 both of its statuses."""
        self.status.verified -= {ref for ref, owner in PASSWORDS.items() if owner == name}
