"""The security status of an OpenPGP card since its selection."""

from __future__ import annotations

from dataclasses import dataclass, field

from .codes import AUTHENTICATION, DECRYPTION, Slot

PW1, RC, PW3 = "pw1", "rc", "pw3"


@dataclass(slots=True)
class Session:
    """Verified passwords, the selected certificate, and the keys that commands use.

    Spec: OpenPGP Smart Card Application 3.4, 4.3.1 (PW1 has two status bits), 7.2.18 (MSE).
    """

    verified: set[int] = field(default_factory=set)
    occurrence: int = 0
    deciphers: Slot = DECRYPTION
    authenticates: Slot = AUTHENTICATION
    touched: set[str] = field(default_factory=set)
    """Slots whose touch is remembered (cached)."""
