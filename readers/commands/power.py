"""The card's power supply: power on and off, clock, mechanics, status.

Spec: USB CCID 1.1, 6.1.1 to 6.1.3, 6.1.9 (IccClock), 6.1.12 (Mechanical).
"""

from __future__ import annotations

from vcard.atr.atr import Atr
from vcard.atr.layout import checksum

from ..ccid.codes import PARAMETER, Error, Happening
from ..ccid.descriptor import PICKS_VOLTAGE, Features, Mechanical
from ..ccid.parameters import initial_parameters
from ..events import PoweredDown, PoweredUp
from ..models.model import Quirk
from ..slot import Job, Refused, Reply

VOLTAGES = {1: 1, 2: 2, 3: 4}
"""bPowerSelect to the bit of bVoltageSupport."""
MAX_ATR = 33
RESTART, STOP = 0, 1
ACCEPT, EJECT, CAPTURE, LOCK, UNLOCK = 1, 2, 3, 4, 5
MECHANISMS = {
    ACCEPT: Mechanical.ACCEPT,
    EJECT: Mechanical.EJECT,
    CAPTURE: Mechanical.CAPTURE,
    LOCK: Mechanical.LOCK,
    UNLOCK: Mechanical.LOCK,
}
"""bFunction to the bit of dwMechanical that it needs."""


def get_slot_status(job: Job) -> Reply:
    """PC_to_RDR_GetSlotStatus."""
    return job.slot.clock_status, b""


def icc_power_on(job: Job) -> Reply:
    """PC_to_RDR_IccPowerOn: a cold reset, which restores the default parameters."""
    voltages = _voltages(job, job.header[PARAMETER])
    slot, card, refused = job.slot, job.slot.active_card, job.reader.model.refused_voltages
    atr: bytes | None = None
    if voltages & ~refused:
        atr = job.run(card.power_up)
    slot.atr = atr or b""
    slot.parameters = initial_parameters(slot.atr, job.reader.model.descriptor)
    error = _objection(job, slot.atr)
    job.reader.tell(PoweredUp(slot.number, atr))
    if error:
        job.run(card.power_down)
        slot.happens(Happening.DEACTIVATED)
        raise Refused(error)
    slot.happens(Happening.ACTIVATED)
    return 0, slot.atr


def _voltages(job: Job, select: int) -> int:
    """Return the voltages to try; refuses a bPowerSelect that the reader does not support."""
    descriptor = job.reader.model.descriptor
    if select == 0 and descriptor.dwFeatures & int(PICKS_VOLTAGE):
        return descriptor.voltages
    voltage = VOLTAGES.get(select, 0) & descriptor.voltages
    if not voltage:
        raise Refused(Error.BAD_PARAMETER)
    return voltage


def _objection(job: Job, atr: bytes) -> int:
    """Return the bError for an ATR that the reader rejects; 0 if it accepts it."""
    if not atr:
        return Error.ICC_MUTE
    if len(atr) > MAX_ATR:
        return Error.XFR_OVERRUN
    if not job.reader.model.has(Quirk.CHECKS_ATR):
        return 0
    if atr[0] not in (0x3B, 0x3F):
        return Error.BAD_ATR_TS
    card = Atr.parse(atr)
    return Error.BAD_ATR_TCK if card.layout.tck_needed and checksum(card.decoded[1:]) else 0


def icc_power_off(job: Job) -> Reply:
    """PC_to_RDR_IccPowerOff."""
    slot = job.slot
    if slot.card is not None:
        job.run(slot.active_card.power_down)
        slot.happens(Happening.DEACTIVATED)
        job.reader.tell(PoweredDown(slot.number))
    return slot.clock_status, b""


def icc_clock(job: Job) -> Reply:
    """PC_to_RDR_IccClock: only where dwFeatures declares that the clock can be stopped."""
    if not job.reader.model.descriptor.has(Features.CLOCK_STOP):
        raise Refused(Error.CMD_NOT_SUPPORTED)
    command = job.header[PARAMETER]
    if command not in (RESTART, STOP):
        raise Refused(Error.BAD_PARAMETER)
    job.slot.clock_stopped = command == STOP
    return job.slot.clock_status, b""


def mechanical(job: Job) -> Reply:
    """PC_to_RDR_Mechanical: the functions that dwMechanical names, for motorised readers."""
    reader, slot, function = job.reader, job.slot, job.header[PARAMETER]
    supported = reader.model.descriptor.dwMechanical
    if not supported:
        raise Refused(Error.CMD_NOT_SUPPORTED)
    if not supported & MECHANISMS.get(function, 0):
        raise Refused(Error.BAD_PARAMETER)
    if function in (LOCK, UNLOCK):
        slot.locked = function == LOCK
    elif function in (EJECT, CAPTURE) and slot.card is not None:
        slot.locked = False
        job.run(reader.release(slot).power_down)
    return slot.clock_status, b""
