"""The security status of a PIV card, and the rules for its PINs.

Spec: NIST SP 800-73-4, part 2, 2.4 (security status), 2.4.3 (PIN and PUK format), 3.2.1 (a card may
compare malformed PINs or refuse them).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from applets.shared.pins import PinRule

from .codes import Reference
from .management_key import Dialogue

FILLER = 0xFF
PIN_RULE = PinRule(6, 8, FILLER, digits=True)
"""A PIN of the standard: 6 to 8 digits, filled up with FF to 8 bytes."""
PUK_RULE = PinRule(6, 8, FILLER)
"""A PUK of the standard: any bytes."""
LOOSE_RULE = PinRule(6, 8, FILLER, strict=False)
"""The rule that Yubico's tools expect: any 8 bytes are compared and counted."""

PINS = {Reference.GLOBAL_PIN, Reference.PIN}


@dataclass(slots=True)
class Session:
    """The security status since the selection of the application; lost with it.

    `fresh` is true from a verification until the next use of a private key.
    """

    pin: bool = False
    fresh: bool = False
    administrator: bool = False
    dialogue: Dialogue = field(default_factory=Dialogue)
    touched: bool = False
    """Whether a touch is remembered (the policy "cached")."""
