"""State shared by the token's own applications: serial number, capabilities, lock code, button.

The device information is a list of TLVs, each of a one-byte tag and length.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

from applets.piv.firmware import FIRMWARE, USUAL
from applets.shared.secure_channel.domain import SecurityDomain
from applets.shared.secure_channel.secured import SecuredApplet
from vcard import SW, Reply, Section
from vcard.tlv import parse_all, tlv
from vcard.touch import Touch, when_touched

from .codes import BUILT, Capability

(
    USB_SUPPORTED, SERIAL, USB_ENABLED, FORM_FACTOR, VERSION, EJECT_TIMEOUT, CHALLENGE_TIMEOUT,
    FLAGS,
) = range(1, 9)  # fmt: skip
LOCKED, UNLOCK, REBOOT, NFC_SUPPORTED, NFC_ENABLED = 0x0A, 0x0B, 0x0C, 0x0D, 0x0E
NEW_CODE = LOCKED
USB_A_KEYCHAIN = 1
CODE_BYTES = 16
SETTINGS = {
    USB_ENABLED: b"",
    NFC_ENABLED: b"",
    EJECT_TIMEOUT: b"\0\0",
    CHALLENGE_TIMEOUT: b"\x0f",
    FLAGS: b"\0",
}
"""Writable settings with their factory values; at first all supported applications are enabled."""
_CAPABILITIES = (USB_ENABLED, NFC_ENABLED)
_FIRST_VERSIONS = {
    Capability.FIDO2: (5, 0, 0),
    Capability.HSMAUTH: (5, 4, 0),
    Capability.CCID_FIDO: (5, 8, 0),
}


def available(version: tuple[int, int, int]) -> Capability:
    """Return the applications that a firmware version has."""
    found = BUILT
    for capability, first in _FIRST_VERSIONS.items():
        if version < first:
            found &= ~capability
    return found


class Device:
    """The identity of a token, and its settings.

    `serial` applies to a blank memory (None: a random one of 8 digits). `nfc`: the host uses the
    contactless interface. `supported` are its applications, by default all that the firmware has.
    """

    def __init__(
        self,
        domain: SecurityDomain,
        *,
        firmware: str = USUAL,
        serial: int | None = None,
        nfc: bool = False,
        supported: Capability = BUILT,
        touch: Touch | None = None,
    ) -> None:
        self.domain = domain
        self.version = FIRMWARE[firmware].version
        self.nfc = nfc
        self.supported = supported & available(self.version)
        self.touch = touch or Touch()
        self._first_serial = serial

    def attach(self, memory: Section) -> None:
        """Store the settings in a section of the card's memory."""
        self._memory = memory
        if "serial" not in memory:
            first = self._first_serial
            memory["serial"] = 10_000_000 + secrets.randbelow(9_000_000) if first is None else first

    @property
    def serial(self) -> int:
        """The serial number, printed on a real token."""
        return self._memory.integer("serial")

    @property
    def enabled(self) -> Capability:
        """Return the applications that can be selected over the current interface."""
        raw = self._setting(NFC_ENABLED if self.nfc else USB_ENABLED)
        return Capability(int.from_bytes(raw, "big"))

    @property
    def _lock_code(self) -> bytes:
        return self._memory.octets("lock", b"")

    def _setting(self, tag: int) -> bytes:
        first = _pair(self.supported) if tag in _CAPABILITIES else SETTINGS[tag]
        return self._memory.octets(f"{tag:02X}", first)

    # The host's commands

    def information(self, page: int) -> bytes:
        """Return a page of the device information, length first; raises 6A86 for another page."""
        if page:
            raise SW.INCORRECT_P1_P2
        fields = {
            USB_SUPPORTED: _pair(self.supported),
            SERIAL: self.serial.to_bytes(4, "big"),
            FORM_FACTOR: bytes((USB_A_KEYCHAIN,)),
            VERSION: bytes(self.version),
            LOCKED: bytes((bool(self._lock_code),)),
            **{tag: self._setting(tag) for tag in SETTINGS},
        }
        if self.nfc:
            fields[NFC_SUPPORTED] = _pair(self.supported)
        else:
            del fields[NFC_ENABLED]
        told = b"".join(tlv(tag, value) for tag, value in sorted(fields.items()))
        return bytes((len(told),)) + told

    def configure(self, data: bytes) -> None:
        """Write settings: their length, then TLVs.

        Raises 6A80 for malformed data or unknown settings, 6982 for a wrong lock code.
        """
        fields = _fields(data)
        if self._lock_code and not hmac.compare_digest(self._lock_code, fields.pop(UNLOCK, b"")):
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        fields.pop(UNLOCK, None)
        fields.pop(REBOOT, None)
        if NEW_CODE in fields:
            self._lock(fields.pop(NEW_CODE))
        for tag, value in fields.items():
            self._memory[f"{tag:02X}"] = self._checked(tag, value)

    def _lock(self, code: bytes) -> None:
        """Set the lock code, 16 bytes; zeros remove it."""
        if len(code) != CODE_BYTES:
            raise SW.WRONG_DATA
        if any(code):
            self._memory["lock"] = code
        else:
            self._memory.pop("lock", None)

    def _checked(self, tag: int, value: bytes) -> bytes:
        if tag not in SETTINGS or len(value) != len(self._setting(tag)):
            raise SW.WRONG_DATA
        if tag in _CAPABILITIES:
            return _pair(Capability(int.from_bytes(value, "big")) & self.supported)
        return value


def _pair(capabilities: Capability) -> bytes:
    return int(capabilities).to_bytes(2, "big")


def _fields(data: bytes) -> dict[int, bytes]:
    """Parse TLVs after their length byte; raises 6A80 if they are malformed."""
    if not data or data[0] != len(data) - 1:
        raise SW.WRONG_DATA
    try:
        return {item.tag: item.value for item in parse_all(data[1:])}
    except ValueError:
        raise SW.WRONG_DATA from None


class TokenApplication(SecuredApplet):
    """An application of a token, reached in the clear or through the domain's secure channel."""

    def __init__(self, device: Device) -> None:
        self.device = device
        self.domain = device.domain
        self.touch = device.touch

    def after_touch(self, work: Callable[[], Reply]) -> Reply:
        """Run the work once the user has touched the token; 6985 without a touch."""
        return when_touched(self.device.touch, work, SW.CONDITIONS_NOT_SATISFIED)
