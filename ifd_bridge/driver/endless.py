"""Descriptors on which the genuine driver never returns: it loops at full speed.

Threads that wait for such a driver never return, and pcscd has to be killed. Found in all releases
from 1.5.2 to 1.8.2, at the label `check_again` of CmdPowerOn (src/commands.c): a bVoltageSupport
without bits counts as any voltage, one with other bits than those of 5 V, 3 V and 1.8 V does not.

Spec: USB CCID 1.1, 5.1 (bVoltageSupport).
"""

from __future__ import annotations

from readers.ccid.codes import Version
from readers.ccid.descriptor import ALL_VOLTAGES

from .known_reader import KnownReader
from .options import DriverOptions

AUTOMATIC = "ifdDriverOptions=0x0030"
"""The option by which the driver chooses no voltage; readers that cannot do so either refuse it."""
_TOKENS = (Version.ICCD_A, Version.ICCD_B)
"""They are powered up without a voltage."""


def endless(reader: KnownReader, options: DriverOptions) -> str | None:
    """The reason for which libccid never returns from a power-up in a reader; None if it does."""
    said = reader.model.descriptor.bVoltageSupport
    if not said or said & ALL_VOLTAGES or reader.picks_voltage or not options.voltage:
        return None
    if reader.model.interface_protocol in _TOKENS:
        return None
    return (
        f"bVoltageSupport {said:02X} names no voltage, and libccid looks for one without end,"
        f" unless {AUTOMATIC} leaves the choice to the reader"
    )
