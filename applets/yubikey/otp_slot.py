"""One configuration slot of the OTP application.

A configuration has 52 bytes: fixed part 16, private identity 6, key 16, access code 6, length of
the fixed part, three bytes of flags (extended, ticket, configuration), 2 unused, CRC-16.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field

from vcard.crc import crc16

CONFIG_BYTES, ACCESS_BYTES = 52, 6
HMAC_CHALLENGE_BYTES, YUBICO_CHALLENGE_BYTES = 64, 6
_EXTENDED, _TICKET, _CONFIG, _CRC = 45, 46, 47, 50
SERIAL_VISIBLE, ALLOW_UPDATE, LED_INVERTED = 0x04, 0x20, 0x10
_CHALLENGE_RESPONSE, _HMAC, _YUBICO = 0x40, 0x22, 0x20
_SHORT_CHALLENGE, _TOUCH = 0x04, 0x08
_TICKET_UPDATE, _CONFIG_UPDATE = 0x3F, 0x0C
_RESIDUE = 0xF0B8


@dataclass(frozen=True, slots=True)
class Slot:
    """Parse a configuration; ValueError if its length or its CRC is wrong."""

    raw: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.raw) != CONFIG_BYTES or crc16(self.raw) != _RESIDUE:
            raise ValueError("not a configuration: length or CRC")

    @property
    def access_code(self) -> bytes:
        """The access code required to change the slot; zeros if none."""
        return self.raw[38:44]

    def allows(self, flag: int) -> bool:
        """Whether an extended flag is set."""
        return bool(self.raw[_EXTENDED] & flag)

    @property
    def challenge_response(self) -> bool:
        """Whether the slot answers challenges; other slots type a text when touched."""
        return bool(self.raw[_TICKET] & _CHALLENGE_RESPONSE)

    @property
    def answers_hmac(self) -> bool:
        """Whether challenges are answered with HMAC-SHA1."""
        return self.challenge_response and self.raw[_CONFIG] & _HMAC == _HMAC

    @property
    def answers_yubico(self) -> bool:
        """Whether challenges are answered with a Yubico OTP."""
        return self.challenge_response and self.raw[_CONFIG] & _HMAC == _YUBICO

    @property
    def touch(self) -> bool:
        """Whether an answer needs a touch."""
        return bool(self.raw[_CONFIG] & _TOUCH)

    @property
    def key(self) -> bytes:
        """Return the AES key, or the first 16 of the 20 bytes of the HMAC key."""
        return self.raw[22:38]

    @property
    def identity(self) -> bytes:
        """The private identity, 6 bytes."""
        return self.raw[16:22]

    def hmac(self, challenge: bytes) -> bytes:
        """Compute HMAC-SHA1 of a challenge in 64 bytes; repeated last bytes are padding."""
        if self.raw[_CONFIG] & _SHORT_CHALLENGE:
            challenge = challenge.rstrip(challenge[-1:])
        return hmac.digest(self.key + self.identity[:4], challenge, "sha1")

    def updated(self, new: Slot) -> Slot:
        """Return the slot with the flags and access code of `new` that an update may change."""
        raw = bytearray(self.raw)
        raw[38:44] = new.access_code
        raw[_EXTENDED] = new.raw[_EXTENDED]
        for at, mask in ((_TICKET, _TICKET_UPDATE), (_CONFIG, _CONFIG_UPDATE)):
            raw[at] = raw[at] & ~mask | new.raw[at] & mask
        raw[_CRC:] = (crc16(bytes(raw[:_CRC])) ^ 0xFFFF).to_bytes(2, "little")
        return Slot(bytes(raw))
