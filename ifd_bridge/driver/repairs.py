"""libccid's corrections of descriptors, by vendor and product id.

Data only: `known_reader` applies it. Corrections of PIN commands are in pin_entry.py.
"""

from __future__ import annotations

from dataclasses import dataclass

from readers.ccid.descriptor import ExchangeLevel, Features

from .options import FIRST, Release

EXTENDED, SHORT = ExchangeLevel.EXTENDED_APDU, ExchangeLevel.SHORT_APDU
SCM_MESSAGE_LENGTH = 263
"""The dwMaxCCIDMessageLength that is too low: commands of any length are sent all the same."""
OZ776, OZ776_7772 = 0x0B977762, 0x0B977772
NO_PPS = frozenset({OZ776, OZ776_7772})
"""Readers that take no PPS: the card's default protocol is used, whatever was asked for."""

LOWEST_FIRMWARE = {
    0x04E6E001: 0x0516,
    0x04E65111: 0x0620,
    0x04E6E003: 0x0510,
    0x0D463001: 0x0037,
    0x0D463002: 0x0037,
    0x09C30008: 0x0203,
    0x0DC31004: 0x0502,
    0x0DC31102: 0x0607,
    0x058F9520: 0x0102,
    0x072F2200: 0x0206,
    0x08C30402: 0x5000,
    0x08C30401: 0x5000,
    0x0B0C0050: 0x0101,
    0x0DC30900: 0x0200,
    0x03F00036: 0x0124,
    0x062D0001: 0x0102,
    0x04E65291: 0x0112,
}
"""The lowest bcdDevice that is accepted; option 0x04 accepts lower ones."""


@dataclass(frozen=True, slots=True)
class Repair:
    """A correction of a descriptor, and why.

    `level` and `pin_support` replace, `features` are added, `max_ifsd` and `max_data_rate`
    (bit/s, faster rates are dropped from the list) replace. It holds for the `firmware` named
    (bcdDevice; none: for all), for readers that say the level `said` (None: any), and from the
    release `since` on.
    """

    reader_id: int
    why: str
    level: ExchangeLevel | None = None
    pin_support: int | None = None
    features: int = 0
    max_ifsd: int | None = None
    max_data_rate: int | None = None
    firmware: tuple[int, ...] = ()
    said: ExchangeLevel | None = None
    since: Release = FIRST

    def holds(self, bcd_device: int, level: ExchangeLevel, release: Release) -> bool:
        """True if it is for this firmware and level, and the release knows it."""
        return (
            release >= self.since
            and (not self.firmware or bcd_device in self.firmware)
            and self.said in (None, level)
        )


LEAKS, NO_KEYPAD = "sends the PIN to the host, too", "has no keypad"
CHAINS = "chains APDUs though it says that it takes short ones"
KEYPAD_AND_LEVEL = f"{NO_KEYPAD}, and {CHAINS}"

REPAIRS = (
    Repair(0x03F01024, LEAKS, pin_support=0),
    Repair(0x03F00036, LEAKS, pin_support=0),
    Repair(0x0BF81017, LEAKS, pin_support=0),
    Repair(0x04F21469, LEAKS, pin_support=0),
    Repair(0x07830006, NO_KEYPAD, pin_support=0),
    Repair(0x25DD3111, NO_KEYPAD, pin_support=0),
    Repair(0x076B3A21, KEYPAD_AND_LEVEL, EXTENDED, 0),
    Repair(0x076B3031, KEYPAD_AND_LEVEL, EXTENDED, 0),
    Repair(0x076B6632, KEYPAD_AND_LEVEL, EXTENDED, 0),
    Repair(0x046A00A7, KEYPAD_AND_LEVEL, EXTENDED, 0),
    Repair(0x0BF81024, KEYPAD_AND_LEVEL, EXTENDED, 0),
    Repair(0x2F7C6007, CHAINS, EXTENDED, since=Release(1, 7, 1)),
    Repair(0x046A00A1, "chains at 128 bytes", EXTENDED, firmware=(0x0100,), said=SHORT),
    Repair(0x0D463010, "takes short APDUs only", SHORT),
    Repair(
        0x05290620,
        "does not like to be asked for IFSD",
        features=Features.AUTO_IFSD,
        firmware=(0x0012, 0x0013),
    ),
    Repair(0x09BE0002, "takes blocks of 254 bytes", max_ifsd=254),
    Repair(OZ776, "works at 9,600 bit/s only", max_data_rate=9600),
    Repair(OZ776_7772, "works at 9,600 bit/s only", max_data_rate=9600),
    Repair(0x058F9540, "fails above 200,000 bit/s", max_data_rate=200_000),
)
"""The corrections in the order in which they are applied."""


def release_text(bcd: int) -> str:
    """BcdDevice as people write it: 5.10."""
    return f"{bcd >> 8:X}.{bcd & 0xFF:02X}"
