"""Differences between the firmware versions of YubiKeys that PIV shows.

The table follows the vendor's release notes and the version checks of its own client library.
"""

from __future__ import annotations

from dataclasses import dataclass

from .codes import KEY_PAIR_ALGORITHMS, Algorithm

MOVE_KEY, GET_METADATA, GET_SERIAL, ATTEST = 0xF6, 0xF7, 0xF8, 0xF9
SET_PIN_RETRIES, RESET, GET_VERSION, IMPORT_KEY, SET_MANAGEMENT_KEY = 0xFA, 0xFB, 0xFD, 0xFE, 0xFF
INSTRUCTIONS = frozenset(
    {MOVE_KEY, GET_METADATA, GET_SERIAL, ATTEST}
    | {SET_PIN_RETRIES, RESET, GET_VERSION, IMPORT_KEY, SET_MANAGEMENT_KEY}
)
"""The vendor's instructions."""

_ALL = frozenset(KEY_PAIR_ALGORITHMS)
_BEFORE_5_7 = frozenset({Algorithm.RSA_1024, Algorithm.RSA_2048, Algorithm.P256, Algorithm.P384})
_TDES = frozenset({Algorithm.TDES})
_WITH_AES = _TDES | {Algorithm.AES_128, Algorithm.AES_192, Algorithm.AES_256}


@dataclass(frozen=True, slots=True)
class Firmware:
    """One version. `unknown` are instructions of the vendor that it lacks.

    `select_keeps_session`: selecting the application again keeps its verifications.
    `status_ends_pin`: VERIFY without data ends the PIN's verified status. `keeps_selection`: an
    application stays selected after a SELECT of an unknown one.
    """

    version: tuple[int, int, int]
    management: Algorithm = Algorithm.TDES
    management_algorithms: frozenset[Algorithm] = _WITH_AES
    algorithms: frozenset[Algorithm] = _BEFORE_5_7
    unknown: frozenset[int] = frozenset({MOVE_KEY})
    select_keeps_session: bool = True
    status_ends_pin: bool = False
    keeps_selection: bool = True


STANDARD = Firmware((0, 0, 0), algorithms=_ALL, unknown=INSTRUCTIONS)
"""A card without the vendor's commands."""

FIRMWARE = {
    "5.8.0": Firmware((5, 8, 0), Algorithm.AES_192, algorithms=_ALL, unknown=frozenset()),
    "5.7.2": Firmware((5, 7, 2), Algorithm.AES_192, algorithms=_ALL, unknown=frozenset()),
    "5.4.3": Firmware((5, 4, 3)),
    "5.3.1": Firmware((5, 3, 1), management_algorithms=_TDES, status_ends_pin=True),
    "4.3.7": Firmware(
        (4, 3, 7),
        management_algorithms=_TDES,
        unknown=frozenset({MOVE_KEY, GET_METADATA, GET_SERIAL}),
        select_keeps_session=False,
        keeps_selection=False,
    ),
}
"""The versions by name, the newest first."""
USUAL = "5.7.2"
"""The default version."""
