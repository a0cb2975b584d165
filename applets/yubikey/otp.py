"""The OTP application over APDUs: two slots, challenge-response, serial number.

A refused change is answered with a status whose sequence number is unchanged. There is no keyboard
interface: a slot types nothing.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable

from applets.shared.block_ciphers import Aes
from vcard import SW, Command, Reply, handles
from vcard.crc import crc16
from vcard.exclusive_or import mixed

from .codes import OTP_AID
from .device import TokenApplication
from .otp_slot import (
    ACCESS_BYTES,
    ALLOW_UPDATE,
    CONFIG_BYTES,
    HMAC_CHALLENGE_BYTES,
    LED_INVERTED,
    YUBICO_CHALLENGE_BYTES,
    Slot,
)

REQUEST, STATUS = 0x01, 0x03
SECRET_INSTRUCTIONS = frozenset({REQUEST})
CONFIGURE, UPDATE, NDEF = {0x01: 1, 0x03: 2}, {0x04: 1, 0x05: 2}, {0x08: 1, 0x09: 2}
SWAP, SERIAL, SCAN_MAP, READ_DEVICE, WRITE_DEVICE = 0x06, 0x10, 0x12, 0x13, 0x15
YUBICO, HMAC = {0x20: 1, 0x28: 2}, {0x30: 1, 0x38: 2}
_NDEF_BYTES, _SCAN_MAP_BYTES = 56, 45


class Otp(TokenApplication):
    """The application with the two configuration slots."""

    aid = OTP_AID
    section = "YubiKeyOtp"
    secret_instructions = SECRET_INSTRUCTIONS

    def selected(self, command: Command, aid: bytes) -> bytes:  # noqa: ARG002 - an applet's shape
        """Answer SELECT with the status."""
        return self._status()

    def slot(self, number: int) -> Slot | None:
        """Return slot 1 or 2; None if it is empty."""
        raw = self.memory.octets(f"slot {number}", b"")
        return Slot(raw) if raw else None

    @handles(STATUS, p1=0, p2=0)
    def read_status(self) -> Reply:
        """Return the status: version, sequence number, state of both slots."""
        return self._status()

    def _status(self) -> bytes:
        flags = 0
        for number in (1, 2):
            slot = self.slot(number)
            if slot is not None:
                flags |= number | (0 if slot.challenge_response else number << 2)
                flags |= LED_INVERTED if slot.allows(LED_INVERTED) else 0
        sequence = self.memory.integer("sequence", 0)
        return bytes(self.device.version) + bytes((sequence,)) + flags.to_bytes(2, "little")

    @handles(REQUEST, p2=0)
    def request(self, command: Command) -> Reply:
        """Process a request of the frame protocol (as on the keyboard interface); P1 is its code.

        6A80 for malformed data, 6A86 for an unknown code.
        """
        code, data = command.p1, command.data
        changes: dict[int, Callable[[], bool]] = {
            **{c: lambda: self._configure(CONFIGURE[code], data) for c in CONFIGURE},
            **{c: lambda: self._update(UPDATE[code], data) for c in UPDATE},
            **{c: lambda: self._ndef(NDEF[code], data) for c in NDEF},
            SWAP: lambda: self._swap(data),
            SCAN_MAP: lambda: self._scan_map(data),
        }
        if code in changes:
            return self._changed(changes[code]())
        if code == SERIAL:
            return self.device.serial.to_bytes(4, "big")
        if code == READ_DEVICE:
            return self.device.information(data[0] if data else 0)
        if code == WRITE_DEVICE:
            self.device.configure(data)
            return self._status()
        if code in HMAC:
            return self._challenge(HMAC[code], data, HMAC_CHALLENGE_BYTES)
        if code in YUBICO:
            return self._challenge(YUBICO[code], data, YUBICO_CHALLENGE_BYTES)
        return SW.INCORRECT_P1_P2

    # Changes

    def _changed(self, accepted: bool) -> bytes:  # noqa: FBT001 - the result of a change
        """Answer with the status; only accepted changes increment its sequence number."""
        if accepted:
            empty = self.slot(1) is None and self.slot(2) is None
            following = self.memory.integer("sequence", 0) % 0xFF + 1
            self.memory["sequence"] = 0 if empty else following
        return self._status()

    def _may_change(self, number: int, code: bytes) -> bool:
        slot = self.slot(number)
        return slot is None or hmac.compare_digest(slot.access_code, code)

    def _configure(self, number: int, data: bytes) -> bool:
        config, code = _split(data, CONFIG_BYTES)
        if not self._may_change(number, code):
            return False
        if not any(config):
            self.memory.pop(f"slot {number}", None)
        else:
            self.memory[f"slot {number}"] = _slot(config).raw
        return True

    def _update(self, number: int, data: bytes) -> bool:
        config, code = _split(data, CONFIG_BYTES)
        slot = self.slot(number)
        if slot is None or not slot.allows(ALLOW_UPDATE) or not self._may_change(number, code):
            return False
        self.memory[f"slot {number}"] = slot.updated(_slot(config)).raw
        return True

    def _swap(self, data: bytes) -> bool:
        _, code = _split(data, 0)
        if not all(self._may_change(number, code) for number in (1, 2)):
            return False
        slots = [self.slot(2), self.slot(1)]
        for number, slot in enumerate(slots, 1):
            if slot is None:
                self.memory.pop(f"slot {number}", None)
            else:
                self.memory[f"slot {number}"] = slot.raw
        return True

    def _ndef(self, number: int, data: bytes) -> bool:
        record, code = _split(data, _NDEF_BYTES)
        if self.slot(number) is None or not self._may_change(number, code):
            return False
        self.memory[f"ndef {number}"] = record
        return True

    def _scan_map(self, data: bytes) -> bool:
        scan_map, _ = _split(data, _SCAN_MAP_BYTES)
        self.memory["scan map"] = scan_map
        return True

    # Challenges

    def _challenge(self, number: int, data: bytes, size: int) -> Reply:
        """Answer a challenge; 6985 if the slot is not configured for this kind."""
        slot = self.slot(number)
        if len(data) != size:
            return SW.WRONG_LENGTH
        by_hmac = size == HMAC_CHALLENGE_BYTES
        if slot is None or not (slot.answers_hmac if by_hmac else slot.answers_yubico):
            return SW.CONDITIONS_NOT_SATISFIED

        def work() -> bytes:
            return slot.hmac(data) if by_hmac else _yubico(slot, data)

        return self.after_touch(work) if slot.touch else work()


def _yubico(slot: Slot, challenge: bytes) -> bytes:
    """Encrypt a ticket: identity and challenge, counters (random here), CRC."""
    identity = mixed(slot.identity, challenge)
    ticket = identity + secrets.token_bytes(8)
    checksum = (crc16(ticket) ^ 0xFFFF).to_bytes(2, "little")
    return Aes(slot.key).encrypt(ticket + checksum)


def _split(data: bytes, size: int) -> tuple[bytes, bytes]:
    """Split a record of `size` bytes from its access code; raises 6A80 for another length."""
    if len(data) != size + ACCESS_BYTES:
        raise SW.WRONG_DATA
    return data[:size], data[size:]


def _slot(config: bytes) -> Slot:
    try:
        return Slot(config)
    except ValueError:
        raise SW.WRONG_DATA from None
