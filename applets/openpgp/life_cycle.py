"""TERMINATE DF and ACTIVATE FILE: the way back to the factory's state.

Spec: OpenPGP Smart Card Application 3.4, 7.2.16 and 7.2.17; ISO/IEC 7816-9.
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles

from .codes import ATTESTATION, Ins
from .codes import Password as Reference
from .key_commands import KeyCommands
from .session import PW1, PW3, RC
from .state import Contents

ALWAYS_ALLOWED = (Ins.ACTIVATE_FILE, Ins.TERMINATE_DF)
_KEPT = {
    *("serial", "attestation certificate", f"keys/{ATTESTATION.name}"),
    f"objects/{ATTESTATION.attributes:04X}",
}
"""Data of the card, not of its user: kept by a reset. Passwords get new values instead."""


class LifeCycle(KeyCommands):
    """Terminates and activates the application."""

    def process(self, command: Command) -> Reply:
        """Process a command as any applet does; a terminated card can only be activated (6985)."""
        if self.terminated and command.ins not in ALWAYS_ALLOWED:
            return SW.CONDITIONS_NOT_SATISFIED
        return super().process(command)

    @handles(Ins.TERMINATE_DF, p1=0, p2=0)
    def terminate_df(self) -> Reply:
        """Terminate the application: with PW3, or once all of `terminated_by` are blocked."""
        blocked = all(self.passwords[name].blocked for name in self.persona.terminated_by)
        if not blocked and not self.terminated:
            self.needs(Reference.PW3)
        self.memory["terminated"] = True
        self.status.verified.clear()
        return SW.OK

    @handles(Ins.ACTIVATE_FILE, p1=0, p2=0)
    def activate_file(self) -> Reply:
        """Activate a terminated application with the factory values; else do nothing."""
        if self.terminated:
            self.factory_state()
        return SW.OK

    def factory_state(self) -> None:
        """Delete all user data, and set the factory passwords."""
        for name in [name for name in self.memory if name not in _KEPT]:
            if not name.startswith((f"{PW1}.", f"{RC}.", f"{PW3}.")):
                del self.memory[name]
        first = Contents()
        self.passwords[PW1].replace(first.pw1, tries=first.tries[0])
        self.passwords[PW3].replace(first.pw3, tries=first.tries[2])
        self.passwords[RC].remove()
        self.passwords[RC].limit_to(first.tries[1])
        self.status.verified.clear()
