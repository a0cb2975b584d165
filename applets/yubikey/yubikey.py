"""A YubiKey: one card with all applications."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from applets.fido2.fido2 import DEFAULT_ATR as NFC_ATR
from applets.fido2.settings import Settings
from applets.openpgp.persona import yubikey as openpgp_of
from applets.piv.firmware import FIRMWARE, USUAL
from applets.piv.identity import IDENTITIES
from vcard import Card, Memory
from vcard.touch import Touch

from .adopted import TokenFido, TokenPgp, TokenPiv
from .codes import BUILT, Capability
from .device import Device
from .hsmauth import HsmAuth
from .management import Management
from .oath import Oath
from .otp import Otp
from .security_domain import TokenDomain, TokenKeys

USB_ATR = IDENTITIES["yubikey"].atr
INTERFACES = {"usb": USB_ATR, "nfc": NFC_ATR}
_OWN = Management, Otp, Oath, HsmAuth
_FIRST_WITH_FIDO2 = (5, 0, 0)


class YubiKey(Card):
    """A YubiKey.

    `firmware` is a version of applets.piv.firmware.FIRMWARE. `serial` applies to a blank memory; by
    default it is random, 8 digits. `interface` is usb or nfc: it decides the ATR, the device
    information and whether FIDO can be selected. `capabilities` are the applications that the token
    has. `piv` are keyword arguments of Piv (keys, certificates, PIN, ...), `openpgp` those of
    OpenPgp; `on_bus` False leaves FIDO without its HID interface. All applications share the
    token's one channel: selecting one ends verifications in another. ValueError for a version or
    interface that does not exist.
    """

    has_channels = False

    def __init__(
        self,
        *,
        firmware: str = USUAL,
        serial: int | None = None,
        interface: str = "usb",
        capabilities: Capability = BUILT,
        touch: Touch | None = None,
        piv: Mapping[str, Any] | None = None,
        openpgp: Mapping[str, Any] | None = None,
        fido_pin: str | None = None,
        on_bus: bool = True,
        memory: Memory | None = None,
        atr: bytes | None = None,
    ) -> None:
        if interface not in INTERFACES:
            raise ValueError(f"interface is one of {', '.join(INTERFACES)}, not {interface!r}")
        if firmware not in FIRMWARE:
            raise ValueError(f"firmware is one of {', '.join(FIRMWARE)}, not {firmware!r}")
        self.keeps_selection = FIRMWARE[firmware].keeps_selection
        keys = TokenKeys(FIRMWARE[firmware].version)
        self.device = Device(
            keys,
            firmware=firmware,
            serial=serial,
            nfc=interface == "nfc",
            supported=capabilities,
            touch=touch,
        )
        self.piv = TokenPiv(**(piv or {}), identity="yubikey", firmware=firmware)
        persona = openpgp_of(self.device.version)
        self.openpgp = TokenPgp(**(openpgp or {}), persona=persona, touch=self.device.touch)
        button = self.device.touch
        self.fido = TokenFido(self._settings(), touch=button, pin=fido_pin, on_bus=on_bus)
        for adopted in (self.piv, self.openpgp, self.fido):
            adopted.device, adopted.touch = self.device, self.device.touch
        self.piv.domain = self.openpgp.domain = keys
        own = TokenDomain(self.device, keys), *(one(self.device) for one in _OWN)
        adopted_ones = self.piv, self.openpgp, self.fido
        super().__init__(*own, *adopted_ones, atr=_atr(atr, interface), memory=memory)

    def _settings(self) -> Settings:
        """Return the FIDO settings of a firmware version."""
        major, minor, patch = self.device.version
        return Settings(
            versions=("U2F_V2",)
            if self.device.version < _FIRST_WITH_FIDO2
            else Settings().versions,
            firmware=major << 16 | minor << 8 | patch,
        )


def _atr(named: bytes | None, interface: str) -> bytes:
    return INTERFACES[interface] if named is None else named
