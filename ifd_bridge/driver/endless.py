"""Descriptors over which the genuine driver does not come back: it loops, or waits unheard.

Whatever waits for such a driver waits as long, and pcscd has to be killed. Found in all releases
from 1.5.2 to 1.8.2:

* At the label `check_again` of CmdPowerOn (src/commands.c) a bVoltageSupport without bits counts as
  any voltage, one with other bits than those of 5 V, 3 V and 1.8 V does not.
* Where there are several slots, a thread reads for all (Multi_ReadProc, src/ccid_usb.c). That it
  cannot read is not told to who waits for an answer, which is for the card's time-out: minutes, by
  the clock of some descriptors.

Spec: USB CCID 1.1, 5.1 (bVoltageSupport), 4.8 (endpoints).
"""

from __future__ import annotations

from readers.ccid.codes import ICCD
from readers.ccid.descriptor import ALL_VOLTAGES
from readers.models.model import TransferType

from .known_reader import KnownReader
from .options import DriverOptions

AUTOMATIC = "ifdDriverOptions=0x0030"
"""The option by which the driver chooses no voltage; readers that cannot do so either refuse it."""


def endless(reader: KnownReader, options: DriverOptions) -> str | None:
    """The reason for which libccid does not come back from a reader; None if it does."""
    return _voltage(reader, options) or _unheard(reader)


def _voltage(reader: KnownReader, options: DriverOptions) -> str | None:
    said = reader.model.descriptor.bVoltageSupport
    if not said or said & ALL_VOLTAGES or reader.picks_voltage or not options.voltage:
        return None
    if reader.model.interface_protocol in ICCD:  # powered up without a voltage
        return None
    return (
        f"bVoltageSupport {said:02X} names no voltage, and libccid looks for one without end,"
        f" unless {AUTOMATIC} leaves the choice to the reader"
    )


def _unheard(reader: KnownReader) -> str | None:
    bulk = {one.reads for one in reader.model.endpoints if one.kind is TransferType.BULK}
    if reader.model.slots == 1 or bulk != {False}:
        return None
    return "several slots have no bulk-IN endpoint: libccid sends, and hears of no failure to read"
