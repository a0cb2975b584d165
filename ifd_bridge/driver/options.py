"""The options of a driver, ours or libccid: ifdDriverOptions, the language, the release.

Spec: libccid, Info.plist (ifdDriverOptions) and README (LANG).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple, Self

EXCHANGE_AUTHORIZED = 0x01
"""DRIVER_OPTION_CCID_EXCHANGE_AUTHORIZED."""
USE_BOGUS_FIRMWARE = 0x04
"""DRIVER_OPTION_USE_BOGUS_FIRMWARE."""
_VOLTAGE, _VOLTAGE_SHIFT = 0x30, 4
_FIRST_VOLTAGES = (1, 2, 3, 0)
"""The `voltage` for each value of bits 4 and 5."""

NUMBER, LANGUAGE, RELEASE = "ifdDriverOptions", "language", "as"

_RELEASE = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})")


class Release(NamedTuple):
    """A release of libccid."""

    major: int
    minor: int
    patch: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1.5.2`; ValueError for anything else, or for a release older than the tables."""
        found = _RELEASE.fullmatch(text)
        if found is None:
            known = ", ".join(f"{release} ({name})" for name, release in DISTRIBUTIONS.items())
            raise ValueError(f"as is a release of libccid such as {known}, not {text!r}")
        release = cls(*(int(part) for part in found.groups()))
        if release < FIRST:
            raise ValueError(f"the tables begin with libccid {FIRST}, they have no {text}")
        return release

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


FIRST = Release(1, 5, 2)
"""The oldest release in the tables."""
DISTRIBUTIONS = {
    "Debian 12": Release(1, 5, 2),
    "Debian 13": Release(1, 6, 2),
    "Debian sid": Release(1, 8, 4),
}
TODAY = DISTRIBUTIONS["Debian 12"]
"""The release that our driver follows by default."""


@dataclass(frozen=True, slots=True)
class DriverOptions:
    """The driver's options: bits 0, 2, 4 and 5 of ifdDriverOptions by name, and the language.

    `escape` lets clients send PC_to_RDR_Escape; `voltage` is tried first (0 automatic, 1 5 V,
    2 3 V, 3 1.8 V); `language` ("en", "fr", "de") is that of the texts which some PIN pads load.
    `bogus_firmware` takes readers whose firmware is known to be bad. `release` is the libccid
    that our own driver is like. `further` are the other bits, which our own driver has no use for.
    """

    escape: bool = False
    voltage: int = 1
    language: str = "en"
    further: int = 0
    bogus_firmware: bool = False
    release: Release = TODAY

    @classmethod
    def parse(cls, number: int) -> Self:
        """Read the number of Info.plist; ValueError if it has more than 16 bits."""
        if not 0 <= number <= 0xFFFF:
            raise ValueError(f"{NUMBER} is 0..0xFFFF, not {number:#x}")
        return cls(
            bool(number & EXCHANGE_AUTHORIZED),
            _FIRST_VOLTAGES[(number & _VOLTAGE) >> _VOLTAGE_SHIFT],
            further=number & ~(EXCHANGE_AUTHORIZED | USE_BOGUS_FIRMWARE | _VOLTAGE),
            bogus_firmware=bool(number & USE_BOGUS_FIRMWARE),
        )

    def __int__(self) -> int:
        """The number as it stands in Info.plist."""
        voltage = _FIRST_VOLTAGES.index(self.voltage) << _VOLTAGE_SHIFT
        escape = EXCHANGE_AUTHORIZED if self.escape else 0
        bogus = USE_BOGUS_FIRMWARE if self.bogus_firmware else 0
        return self.further | voltage | escape | bogus

    def changed(self, texts: Mapping[str, str]) -> DriverOptions:
        """Return the options changed by text (`ifdDriverOptions=0x0001`, `language=de`).

        ValueError for any other key or value.
        """
        made = self
        if unknown := [key for key in texts if key not in (NUMBER, LANGUAGE, RELEASE)]:
            known = f"{NUMBER}, {LANGUAGE} and {RELEASE}"
            raise ValueError(f"a driver has {known}, no option {unknown[0]!r}")
        if NUMBER in texts:
            parsed = self.parse(_number(texts[NUMBER]))
            made = replace(parsed, language=self.language, release=self.release)
        if RELEASE in texts:
            made = replace(made, release=Release.parse(texts[RELEASE]))
        return replace(made, language=texts.get(LANGUAGE, made.language))


def _number(text: str) -> int:
    try:
        return int(text, 0)
    except ValueError as error:
        raise ValueError(f"{NUMBER} is a number such as 0x0001, not {text!r}") from error
