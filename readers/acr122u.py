"""Commands of ACS's ACR122U itself: pseudo-APDUs of class FF, by SCardTransmit or as escapes.

LEDs and buzzer have a state and no other effect. Of the PN532's commands (FF 00 00 00) there are
GetFirmwareVersion and InListPassiveTarget.

Spec: ACS, ACR122U Application Programming Interface, 3 (UID and ATS), 5 and 6 (peripherals);
NXP, PN532 User Manual, 7.2.2 and 7.3.5; ISO/IEC 14443-4, 5.2 (ATS).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vcard import SW
from vcard.atr.atr import Atr
from vcard.contact import asked

FIRMWARE = b"ACR122U214"
PN532_VERSION = bytes.fromhex("D50332010607")
ALL_ON = 0xFF
"""The operating parameter of a new reader: it polls for every kind of card."""
FAILED = b"\x63\x00"
ATS_BEGIN = bytes.fromhex("788102")
"""Format (TA, TB and TC follow, frames of 256 bytes), TA, TB; TC ends it."""
ATS_TC = 0x02
PSEUDO = b"\xff\x00"


@dataclass(slots=True)
class Peripherals:
    """State of one reader while it has power."""

    leds: int = 0
    """Bit 0 red, bit 1 green."""
    operating: int = ALL_ON

    def answer(self, command: bytes, card: object | None) -> bytes | None:
        """The response to a command for the reader; None if it is for the card."""
        if not command.startswith(PSEUDO) or len(command) < 5:
            return None
        handler = _HANDLERS.get(command[2])
        return None if handler is None else handler(self, command, card)


def ats_of(card: object) -> bytes:
    """The card's own `ats`, or one with the historical bytes of its ATR."""
    own = asked(card, "ats", bytes)
    if own is not None:
        return own
    atr = asked(card, "atr", bytes) or b"\x3b\x00"
    body = ATS_BEGIN + bytes((ATS_TC,)) + Atr.parse(atr).historical
    return bytes((len(body) + 1,)) + body


def _firmware(_: Peripherals, _command: bytes, _card: object) -> bytes:
    return FIRMWARE


def _leds(of: Peripherals, command: bytes, _: object) -> bytes:
    """Spec: 6.2. P2: bits 0-1 final states, 2-3 which of them change."""
    change, final = command[3] >> 2 & 3, command[3] & 3
    of.leds = (of.leds & ~change) | (final & change)
    return bytes((0x90, of.leds))


def _operating(of: Peripherals, _command: bytes, _card: object) -> bytes:
    return bytes((0x90, of.operating))


def _set_operating(of: Peripherals, command: bytes, _card: object) -> bytes:
    of.operating = command[3]
    return bytes((0x90, of.operating))


def _accept(_: Peripherals, _command: bytes, _card: object) -> bytes:
    return SW.OK.raw


def _direct(_: Peripherals, command: bytes, card: object) -> bytes:
    """Spec: 4.1: a frame for the PN532 behind Lc, its answer before the status word."""
    frame = command[5 : 5 + command[4]]
    if frame == b"\xd4\x02":
        return PN532_VERSION + SW.OK.raw
    if frame[:2] == b"\xd4\x4a":
        return _targets(card) + SW.OK.raw
    return FAILED


def _targets(card: object | None) -> bytes:
    """InListPassiveTarget: none, or one of type A. Spec: PN532 User Manual, 7.3.5."""
    if card is None:
        return b"\xd5\x4b\x00"
    uid = asked(card, "uid", bytes) or RANDOM_UID
    return bytes((0xD5, 0x4B, 1, 1, 0x00, 0x04, 0x20, len(uid))) + uid + ats_of(card)


RANDOM_UID = bytes.fromhex("08C0FFEE")
"""The UID of a card without an attribute `uid` (4, 7 or 10 bytes) of its own."""

_HANDLERS: dict[int, Callable[[Peripherals, bytes, object], bytes]] = {
    0x00: _direct,
    0x40: _leds,
    0x41: _accept,  # time-out
    0x48: _firmware,
    0x50: _operating,
    0x51: _set_operating,
    0x52: _accept,  # buzzer when a card is found
}
"""The handlers by P1."""
