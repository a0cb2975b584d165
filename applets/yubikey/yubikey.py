"""A YubiKey as its users make it: one card with all applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applets.fido2.fido2 import DEFAULT_ATR as NFC_ATR
from applets.fido2.fido2 import Fido2
from applets.fido2.settings import Settings
from applets.piv.firmware import FIRMWARE, NEWEST
from applets.piv.identity import IDENTITIES
from applets.piv.piv import Piv
from applets.shared.secure_channel.secured import SecuredApplet
from vcard import Card, Memory
from vcard.touch import Touch

from .codes import BUILT, Capability
from .device import Device
from .hsmauth import HsmAuth
from .management import Management
from .oath import Oath
from .otp import Otp
from .security_domain import TokenDomain, TokenKeys

USB_ATR = IDENTITIES["yubikey"].atr
INTERFACES = {"usb": USB_ATR, "nfc": NFC_ATR}
_FIRST_WITH_FIDO2 = (5, 0, 0)


class TokenPiv(SecuredApplet, Piv):
    """PIV with the token's serial number and secure channel."""

    section = "Piv"
    device: Device

    @property
    def serial(self) -> int:
        """The token's serial number."""
        return self.device.serial


class YubiKey(Card):
    """One token.

    `firmware` is a version of applets.piv.firmware.FIRMWARE. `serial` counts where the memory is
    blank; a random one of 8 digits unless named. `interface` is usb or nfc: it decides the ATR,
    the device information and whether FIDO can be selected. `capabilities` are the applications
    that the token has. `piv` are keyword arguments of Piv (keys, certificates, PIN, ...).
    ValueError for a version or interface that does not exist.
    """

    def __init__(
        self,
        *,
        firmware: str = NEWEST,
        serial: int | None = None,
        interface: str = "usb",
        capabilities: Capability = BUILT,
        touch: Touch | None = None,
        piv: Mapping[str, Any] | None = None,
        fido_pin: str | None = None,
        memory: Memory | None = None,
        atr: bytes | None = None,
    ) -> None:
        if interface not in INTERFACES:
            raise ValueError(f"interface is one of {', '.join(INTERFACES)}, not {interface!r}")
        if firmware not in FIRMWARE:
            raise ValueError(f"firmware is one of {', '.join(FIRMWARE)}, not {firmware!r}")
        keys = TokenKeys(FIRMWARE[firmware].version)
        self.device = Device(
            keys,
            firmware=firmware,
            serial=serial,
            nfc=interface == "nfc",
            supported=capabilities,
            touch=touch,
        )
        applications = self._applications(keys, firmware, dict(piv or {}), fido_pin)
        super().__init__(*applications, atr=atr or INTERFACES[interface], memory=memory)

    def _applications(
        self, keys: TokenKeys, firmware: str, piv: dict[str, Any], fido_pin: str | None
    ) -> list[Any]:
        device = self.device
        self.piv = TokenPiv(**piv, identity="yubikey", firmware=firmware)
        self.piv.device, self.piv.domain = device, keys
        major, minor, patch = device.version
        settings = Settings(
            versions=("U2F_V2",) if device.version < _FIRST_WITH_FIDO2 else Settings().versions,
            firmware=major << 16 | minor << 8 | patch,
        )
        return [
            TokenDomain(device, keys),
            Management(device),
            Otp(device),
            Oath(device),
            HsmAuth(device),
            self.piv,
            Fido2(settings, touch=device.touch, pin=fido_pin),
        ]
