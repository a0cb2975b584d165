"""The applications with standards of their own (PIV, OpenPGP, FIDO), adapted to a token."""

from __future__ import annotations

from applets.fido2.ctaphid import CtapHid
from applets.fido2.fido2 import Fido2
from applets.openpgp.openpgp import OpenPgp
from applets.piv.piv import Piv
from applets.shared.secure_channel.secured import SecuredApplet
from vcard import SW
from vcard.hid import Around, unchanged

from .codes import Capability
from .device import Device

READ_CONFIG, WRITE_CONFIG = 0x42, 0x43
"""The vendor's commands of CTAPHID."""
_SERIAL_NUMBERS = 100_000_000
"""An OpenPGP card's serial number has 8 decimal digits."""


class TokenPiv(SecuredApplet, Piv):
    """PIV with the token's serial number, secure channel and button."""

    section = "Piv"
    device: Device

    @property
    def serial(self) -> int:
        """The token's serial number."""
        return self.device.serial

    def powered(self) -> None:
        """End every verification; the button is the token's, and FIDO resets it."""
        self.global_verified = False


class TokenPgp(SecuredApplet, OpenPgp):
    """OpenPGP with the token's serial number, secure channel and button."""

    section = "OpenPgp"
    device: Device

    @property
    def serial(self) -> int:
        """Return the last digits of the token's serial number."""
        return self.device.serial % _SERIAL_NUMBERS

    def powered(self) -> None:
        """Do nothing: the button is the token's; FIDO, which may wait for it on USB, resets it."""


class TokenFido(Fido2):
    """FIDO with a bus device that reports the token's version and settings."""

    section = "Fido2"
    device: Device

    def hid_function(self, around: Around = unchanged) -> CtapHid | None:
        """Start CTAPHID with the vendor's commands; None if neither FIDO2 nor U2F is enabled."""
        enabled = self.device.enabled & (Capability.U2F | Capability.FIDO2)
        if not enabled or not self.has_bus:
            return None
        return CtapHid(
            self.authenticator,
            around,
            version=self.device.version,
            vendor={READ_CONFIG: self._read_config, WRITE_CONFIG: self._write_config},
        )

    def _read_config(self, data: bytes) -> bytes:
        """Return a page of the device information; ValueError if the page does not exist."""
        try:
            return self.device.information(int.from_bytes(data, "big"))
        except SW as refused:
            raise ValueError(str(refused)) from None

    def _write_config(self, data: bytes) -> bytes:
        """Write new settings; ValueError if they are refused."""
        try:
            with self.card.memory.transaction():
                self.device.configure(data)
        except SW as refused:
            raise ValueError(str(refused)) from None
        return b""
