"""The requirements and the answer of each PC_to_RDR message, in one table.

Spec: USB CCID 1.1, 6.1 (table 6.1-1) and the error tables of each command.
"""

from __future__ import annotations

from typing import Final

from vcard import Busy

from ..ccid.codes import IccStatus, MessageType, level_of
from ..slot import Job, Reply, Rule
from . import negotiation, power

LONGEST: Final = 0xFFFFFFFF
"""No limit of its own: dwMaxCCIDMessageLength applies."""


def xfr_block(job: Job) -> Reply | None:
    """PC_to_RDR_XfrBlock: hand the data to the exchange level."""
    slot, reader, data = job.slot, job.reader, job.data
    level = level_of(job.header)
    slot.clock_stopped = False
    if reader.listens:
        from . import reader_apdus  # few readers have commands of their own

        if reader_apdus.for_reader(reader.model.quirks, data):
            return reader_apdus.answer(job, data)
    if delay := reader.model.delay_s:
        return job.work(
            lambda: Busy(delay, bytes), lambda _: slot.exchange.transfer(job, level, data)
        )
    return slot.exchange.transfer(job, level, data)


def _secure(job: Job) -> Reply | None:
    from .secure import secure  # most readers have no keypad

    return secure(job)


def _cancel(job: Job) -> Reply | None:
    from .secure import cancel

    return cancel(job)


def _escape(job: Job) -> Reply | None:
    from .escape import escape  # most hosts have no requests of a manufacturer

    return escape(job)


def _abort(job: Job) -> Reply | None:
    from .abort import abort  # most hosts wait for their answers

    return abort(job)


_TYPE = MessageType
RULES: Final[dict[int, Rule]] = {
    _TYPE.PC_to_RDR_IccPowerOn: Rule(
        _TYPE.RDR_to_PC_DataBlock, power.icc_power_on, IccStatus.INACTIVE, touches=True
    ),
    _TYPE.PC_to_RDR_IccPowerOff: Rule(
        _TYPE.RDR_to_PC_SlotStatus, power.icc_power_off, touches=True
    ),
    # Not `touches`: bMaxCCIDBusySlots limits the work of cards, and the state of one slot is
    # answered while the card in another computes.
    _TYPE.PC_to_RDR_GetSlotStatus: Rule(_TYPE.RDR_to_PC_SlotStatus, power.get_slot_status),
    _TYPE.PC_to_RDR_XfrBlock: Rule(
        _TYPE.RDR_to_PC_DataBlock,
        xfr_block,
        IccStatus.ACTIVE,
        max_length=LONGEST,
        touches=True,
        extends=True,
    ),
    _TYPE.PC_to_RDR_GetParameters: Rule(
        _TYPE.RDR_to_PC_Parameters, negotiation.get_parameters, IccStatus.INACTIVE
    ),
    _TYPE.PC_to_RDR_ResetParameters: Rule(
        _TYPE.RDR_to_PC_Parameters, negotiation.reset_parameters, IccStatus.INACTIVE
    ),
    _TYPE.PC_to_RDR_SetParameters: Rule(
        _TYPE.RDR_to_PC_Parameters,
        negotiation.set_parameters,
        IccStatus.INACTIVE,
        min_length=5,
        max_length=7,
    ),
    _TYPE.PC_to_RDR_Escape: Rule(_TYPE.RDR_to_PC_Escape, _escape, max_length=LONGEST, extends=True),
    _TYPE.PC_to_RDR_IccClock: Rule(_TYPE.RDR_to_PC_SlotStatus, power.icc_clock, IccStatus.INACTIVE),
    _TYPE.PC_to_RDR_T0APDU: Rule(_TYPE.RDR_to_PC_SlotStatus, negotiation.t0_apdu),
    _TYPE.PC_to_RDR_Secure: Rule(
        _TYPE.RDR_to_PC_DataBlock,
        _secure,
        IccStatus.ACTIVE,
        max_length=LONGEST,
        touches=True,
        extends=True,
        busy=_cancel,
    ),
    _TYPE.PC_to_RDR_Abort: Rule(_TYPE.RDR_to_PC_SlotStatus, _abort, beside=True),
    _TYPE.PC_to_RDR_Mechanical: Rule(_TYPE.RDR_to_PC_SlotStatus, power.mechanical),
    _TYPE.PC_to_RDR_SetDataRateAndClockFrequency: Rule(
        _TYPE.RDR_to_PC_DataRateAndClockFrequency,
        negotiation.set_data_rate_and_clock_frequency,
        min_length=8,
        max_length=8,
    ),
}
"""The rules by bMessageType."""

UNKNOWN: Final = Rule(_TYPE.RDR_to_PC_SlotStatus, power.get_slot_status)
