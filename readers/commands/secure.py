"""PC_to_RDR_Secure: pass a PIN from the keypad to the card without showing it to the host.

Results that the reader decides are those of real readers: F0 for a time-out and EF for cancel, data
6402 and 6403 for PINs that differ and wrong lengths, 6B80 for an inconsistent structure in strict
models, and the offset of the wrong field in all others.

Spec: USB CCID 1.1, 6.1.11; PC/SC part 10 (64xx and 6B80 as answers of the reader).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from vcard import SW

from ..ccid.codes import LEVEL, Error
from ..ccid.descriptor import PinSupport
from ..ccid.pin_block import BlockError, split_template
from ..ccid.pin_request import (
    Condition,
    Confirm,
    PinModification,
    PinOperation,
    PinRequest,
    PinVerification,
    adds_up,
    digit_limits,
    pin_format,
)
from ..models.model import Quirk
from ..pinpad.entry import Entry, Result
from ..slot import Job, Refused, Reply

INVALID_STRUCTURE = SW(0x6B80)
CANCEL = bytes((PinOperation.CANCEL,))


@dataclass(frozen=True, slots=True)
class End:
    """The end of an entry that yields no PIN: a status word, and bError.

    Without a bError, or a message that can carry one, the status word is the answer.
    """

    sw: SW
    error: int | None = None


ENDS: dict[Result, End] = {
    Result.CANCELLED: End(SW(0x6401), Error.PIN_CANCELLED),
    Result.TIMED_OUT: End(SW(0x6400), Error.PIN_TIMEOUT),
    Result.DIFFERENT: End(SW(0x6402)),
    Result.WRONG_LENGTH: End(SW(0x6403)),
}


def secure(job: Job) -> Reply | None:
    """PC_to_RDR_Secure."""
    if not job.reader.model.has_pinpad:
        raise Refused(Error.CMD_NOT_SUPPORTED)
    if any(job.header[LEVEL:]):
        raise Refused(Error.BAD_LEVEL)
    if not job.data:
        raise Refused(Error.BAD_LENGTH)
    operation = job.data[0]
    start = OPERATIONS.get(operation)
    if start is None:
        raise Refused(Error.BAD_DATA)
    return start(job, operation, job.data[1:])


def _verify(job: Job, _operation: int, data: bytes) -> Reply | None:
    _demand(job, PinSupport.VERIFICATION)
    try:
        request = PinVerification.parse(data)
    except ValueError:
        raise Refused(Error.BAD_LENGTH) from None
    if job.reader.model.has(Quirk.SWAPPED_LIMITS):
        request = replace(request, wPINMaxExtraDigit=_swapped(request.wPINMaxExtraDigit))
    return start_entry(job, request)


def _swapped(number: int) -> int:
    """The two bytes of a number in the other order."""
    high, low = divmod(number, 256)
    return low << 8 | high


def _modify(job: Job, _operation: int, data: bytes) -> Reply | None:
    _demand(job, PinSupport.MODIFICATION)
    indexes = 3 if job.reader.model.has(Quirk.THREE_INDEXES) else None
    try:
        request = PinModification.parse(data, indexes)
    except ValueError:
        raise Refused(Error.BAD_LENGTH) from None
    return start_entry(job, request)


def _demand(job: Job, support: PinSupport) -> None:
    if not job.reader.model.descriptor.bPINSupport & support:
        raise Refused(Error.BAD_DATA)


def _continue(job: Job, operation: int, data: bytes) -> Reply | None:
    return job.slot.exchange.continue_pin(job, operation, data)


def _nothing_to_cancel(_job: Job, _operation: int, _data: bytes) -> Reply | None:
    raise Refused(Error.BAD_DATA)  # an entry that waits is cancelled before it comes to this


OPERATIONS: dict[int, Callable[[Job, int, bytes], Reply | None]] = {
    PinOperation.VERIFICATION: _verify,
    PinOperation.MODIFICATION: _modify,
    PinOperation.TRANSFER_FROM_BUFFER: _continue,
    PinOperation.WAIT_ICC_RESPONSE: _continue,
    PinOperation.CANCEL: _nothing_to_cancel,
    PinOperation.RESEND_LAST_BLOCK: _continue,
    PinOperation.NEXT_PART: _continue,
}


def start_entry(job: Job, request: PinRequest) -> Reply | None:
    """Start the entry of the requested PINs; the reply follows when the keys have been pressed."""
    reader = job.reader
    pad, keypad = reader.pinpad, reader.model.pinpad
    if pad.waiting:
        raise Refused(Error.CMD_SLOT_BUSY)
    limits, conditions = _check(job, request)
    if reader.model.has(Quirk.STRICT_PIN_BLOCK) and not adds_up(request):
        return 0, INVALID_STRUCTURE.raw
    job.request = request
    job.entry = Entry(
        request.prompts,
        limits,
        conditions,
        request.bTimeOut or keypad.timeout_s,
        reader.now,
        patient=reader.model.has(Quirk.BEEPS_ON_SHORT_PIN),
    )
    pad.begin(job.entry, request, job.slot.number, lambda: job.settle(conclude))
    return None


def _check(job: Job, request: PinRequest) -> tuple[tuple[int, int], Condition]:
    """Return limits and conditions that both accept; Refused names the wrong field."""
    keypad, offsets = job.reader.model.pinpad, request.offsets
    try:
        pin_format(request)
    except ValueError:
        raise Refused(offsets["format"]) from None
    low, high = digit_limits(request)
    low, high = max(low, keypad.min_digits), min(high, keypad.max_digits)
    if low > high or high == 0:
        raise Refused(offsets["digits"])
    allowed = keypad.verify_messages
    if isinstance(request, PinModification):
        allowed = keypad.modify_messages
        if request.bConfirmPIN > Confirm.CONFIRM_NEW | Confirm.ASK_CURRENT:
            raise Refused(offsets["confirm"])
    wanted = request.bEntryValidationCondition
    conditions = Condition(wanted & keypad.conditions & 7)
    if wanted > 7 or not conditions:
        raise Refused(offsets["condition"])
    if allowed is not None and request.bNumberMessage not in allowed:
        raise Refused(offsets["messages"])
    try:
        split_template(request.abPINApdu)
    except ValueError:
        raise Refused(offsets["command"]) from None
    return (low, high), conditions


def conclude(job: Job) -> Reply | None:
    """Finish an entry: send the PIN to the card, or tell the host why there is none."""
    entry, request = job.entry, job.request
    assert entry is not None
    assert request is not None
    assert entry.result is not None
    job.entry = None
    end = ENDS.get(entry.result)
    if end is None:
        try:
            command = request.command(entry.pins)
        except BlockError:
            end = ENDS[Result.WRONG_LENGTH]
        else:
            job.judged = True
            return job.slot.exchange.send_pin(job, request.bTeoPrologue, command)
    if end.error is not None and not job.as_data:
        raise Refused(end.error)
    return 0, end.sw.raw


def cancel(job: Job) -> Reply:
    """PC_to_RDR_Secure in a busy slot: bPINOperation 4 ends the entry that waits there."""
    waiting = job.slot.job
    if job.data != CANCEL or waiting is None or waiting.entry is None:
        raise Refused(Error.CMD_SLOT_BUSY)
    job.reader.pinpad.cancel()
    return 0, b""
