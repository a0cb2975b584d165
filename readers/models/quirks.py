"""Deviations of readers from the standard, as data.

A quirk belongs to a reader's firmware; a Model names the ones it has. No code asks for a product
id.
"""

from __future__ import annotations

from enum import Flag, auto


class Quirk(Flag):
    """Quirks of real readers."""

    NONE = 0
    ZERO_LENGTH_PACKETS = auto()
    """An empty packet comes before the answer about parameters, as if it were that answer."""
    ENDPOINT_DESCRIPTOR = auto()
    """The class descriptor is attached to the last endpoint, not to the interface."""
    CHECKS_ATR = auto()
    """IccPowerOn fails with F8 or F7 if TS or TCK of the ATR is wrong."""
    THREE_INDEXES = auto()
    """A PIN modification always has three message indexes, whatever bNumberMessage says."""
    SWAPPED_LIMITS = auto()
    """A PIN verification has the two bytes of wPINMaxExtraDigit in the other order."""
    STRICT_PIN_BLOCK = auto()
    """A PIN structure that does not add up is answered 6B80 before anyone types."""
    BEEPS_ON_SHORT_PIN = auto()
    """OK with too few digits is ignored; other readers end the entry with 6403."""
    PPDU = auto()
    """Commands FF C2 01 are for the reader, not for the card."""
    PSEUDO_APDU = auto()
    """Commands FF CA ask a contactless reader for the card's UID and ATS."""
    ACR122U = auto()
    """Commands FF 00 and such escapes steer LEDs, buzzer and polling (ACS ACR122U)."""
    GEMALTO_ESCAPES = auto()
    """Escapes tell the firmware (02) and load texts (B2 A0 00 4D 4C)."""
    CHAINS_SHORT_APDU = auto()
    """The descriptor says short APDU level, but long APDUs are taken and given in pieces."""
    NO_DATA_RATES = auto()
    """GET_DATA_RATES stalls."""
    NO_CLOCK_FREQUENCIES = auto()
    """GET_CLOCK_FREQUENCIES stalls."""
