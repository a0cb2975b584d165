"""Parameters, data rate and clock frequency, set and read by the host.

Spec: USB CCID 1.1, 6.1.5 to 6.1.7, 6.1.10 (T0APDU), 6.1.14.
"""

from __future__ import annotations

from ..ccid.codes import PARAMETER, Error
from ..ccid.descriptor import ExchangeLevel, Features
from ..ccid.parameters import KINDS, WrongField, choices, initial_parameters
from ..slot import RATES, Job, Refused, Reply

NAD_INDEX, NAD_OFFSET = 6, 0x10
NEGOTIATES = Features.AUTO_PPS | Features.AUTO_NEGOTIATION
"""The reader negotiates the protocol itself, so it detects a failure."""
CLOCK_OFFSET, RATE_OFFSET = 0x0A, 0x0E


def get_parameters(job: Job) -> Reply:
    """PC_to_RDR_GetParameters."""
    parameters = job.slot.parameters
    return parameters.protocol, bytes(parameters)


def reset_parameters(job: Job) -> Reply:
    """PC_to_RDR_ResetParameters: restore the parameters as after the card's last reset."""
    job.slot.parameters = initial_parameters(job.slot.atr, job.reader.model.descriptor)
    job.slot.exchange.renegotiated()
    return get_parameters(job)


def set_parameters(job: Job) -> Reply:
    """PC_to_RDR_SetParameters: protocol and parameters, if reader and values allow them."""
    protocol, data = job.header[PARAMETER], job.data
    descriptor = job.reader.model.descriptor
    if protocol >= len(KINDS) or not descriptor.dwProtocols >> protocol & 1:
        raise Refused(Error.BAD_PARAMETER)
    kind = KINDS[protocol]
    if len(data) != kind.size:
        raise Refused(Error.BAD_LENGTH)
    parameters = kind(*data)
    try:
        parameters.check()
    except WrongField as wrong:
        raise Refused(wrong.offset) from None
    if protocol == 1 and data[NAD_INDEX] and not descriptor.has(Features.NAD):
        raise Refused(NAD_OFFSET)
    if descriptor.dwFeatures & NEGOTIATES and protocol not in choices(job.slot.atr):
        raise Refused(Error.ICC_PROTOCOL_NOT_SUPPORTED)
    changed = protocol != job.slot.parameters.protocol
    job.slot.parameters = parameters
    if changed:
        job.slot.exchange.renegotiated()
    return get_parameters(job)


def t0_apdu(job: Job) -> Reply:
    """PC_to_RDR_T0APDU: only for readers that send GET RESPONSE and ENVELOPE themselves.

    An APDU level passes whole APDUs to the card, so the class bytes are checked and not used.
    """
    if job.reader.model.descriptor.exchange_level < ExchangeLevel.SHORT_APDU:
        raise Refused(Error.CMD_NOT_SUPPORTED)
    if job.header[PARAMETER] > 3:
        raise Refused(Error.BAD_PARAMETER)
    return int(job.slot.clock_stopped), b""


def set_data_rate_and_clock_frequency(job: Job) -> Reply:
    """PC_to_RDR_SetDataRateAndClockFrequency: select the nearest supported values.

    Refused by readers that choose both themselves.
    """
    slot, descriptor = job.slot, job.reader.model.descriptor
    if descriptor.dwFeatures & (Features.AUTO_CLOCK | Features.AUTO_BAUD):
        raise Refused(Error.CMD_NOT_SUPPORTED)
    clock, rate = RATES.unpack(job.data)
    if not clock:
        raise Refused(CLOCK_OFFSET)
    if not rate:
        raise Refused(RATE_OFFSET)
    model = job.reader.model
    slot.clock = _nearest(
        clock, model.clock_frequencies, descriptor.dwDefaultClock, descriptor.dwMaximumClock
    )
    slot.rate = _nearest(rate, model.data_rates, descriptor.dwDataRate, descriptor.dwMaxDataRate)
    return 0, RATES.pack(slot.clock, slot.rate)


def _nearest(wanted: int, supported: tuple[int, ...], lowest: int, highest: int) -> int:
    """The highest supported value that is not above `wanted`, or the lowest of all."""
    if not supported:
        return max(lowest, min(wanted, highest))
    return max((value for value in supported if value <= wanted), default=min(supported))
