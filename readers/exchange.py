"""Exchange levels: what an XfrBlock carries, one strategy for each level.

A strategy belongs to one slot. The reader asks the one that its descriptor names; a new level
is a new class here and a line in readers.levels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .job import Job, Reply


class Exchange(Protocol):
    """How a slot talks to its card."""

    def reset(self) -> None:
        """The card was activated, deactivated or removed: forget what was under way."""

    def renegotiated(self) -> None:
        """The host changed the protocol or its parameters; the card goes on as it is."""

    def transfer(self, job: Job, level: int, data: bytes) -> Reply | None:
        """PC_to_RDR_XfrBlock: `level` is wLevelParameter.

        The reply is bChainParameter and abData; None if it comes later. Raises Refused with
        bError; card code goes through `job.work`.
        """

    def send_pin(self, job: Job, prologue: bytes, command: bytes) -> Reply | None:
        """Send the command APDU with the PIN in it; `prologue` is bTeoPrologue, 3 bytes.

        The answer is what the host would get for an XfrBlock: a response APDU, or a block.
        """

    def continue_pin(self, job: Job, operation: int, data: bytes) -> Reply | None:
        """PC_to_RDR_Secure with bPINOperation 2, 3, 5 or 6; Refused where they mean nothing."""
