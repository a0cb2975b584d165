"""Card classes written for vsmartcard's Python package, in our readers.

Such a class has `getATR()` and `execute(message)`, and may have `powerUp()`, `powerDown()` and
`reset()`; bytes come as bytes or as text of Latin-1 characters. The package itself is not needed.
"""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger("vcard.smartcard_os")


class SmartcardOsCard:
    """A Contact around an object with `getATR` and `execute`.

    Exceptions of the object are answered with 6F00 and logged; TypeError if it has no such methods.
    """

    def __init__(self, smartcard_os: Any) -> None:
        for name in ("getATR", "execute"):
            if not callable(getattr(smartcard_os, name, None)):
                raise TypeError(f"{type(smartcard_os).__name__} has no method {name}()")
        self._os = smartcard_os
        self._powered = False

    def power_up(self) -> bytes | None:
        """powerUp() the first time, then reset(); the ATR."""
        self._call("reset" if self._powered else "powerUp")
        self._powered = True
        return _bytes(self._os.getATR())

    def power_down(self) -> None:
        """powerDown()."""
        if self._powered:
            self._call("powerDown")
        self._powered = False

    def exchange(self, command: bytes, port: int | None = None) -> bytes | None:  # noqa: ARG002 - as in Contact
        """Return the result of execute()."""
        try:
            return _bytes(self._os.execute(command))
        except Exception:
            log.exception("%s: execute() failed", command.hex(" ").upper())
            return b"\x6f\x00"

    def _call(self, name: str) -> None:
        method = getattr(self._os, name, None)
        if method is not None:
            method()


def _bytes(value: Any) -> bytes:
    return value.encode("latin-1") if isinstance(value, str) else bytes(value)
