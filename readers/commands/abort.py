"""Abort: cancel the command under way once both halves of an abort have arrived.

One half is a control request, the other PC_to_RDR_Abort; both name the slot and the same bSeq, in
either order. Between them the slot refuses every command. The standard sets no limit to that, but
every wait here has one: after ABORT_TIMEOUT_S a single half is dropped, so that a host that dies in
between blocks nothing.

Spec: USB CCID 1.1, 5.3.1 and 6.1.13.
"""

from __future__ import annotations

from ..ccid.codes import Error
from ..slot import Job, Refused, Reply, Slot

ABORT_TIMEOUT_S = 5.0


def abort_requested(slot: Slot, seq: int, now: float) -> Job | None:
    """The control request; returns the Abort message to be answered if that was the other half."""
    halves = slot.aborting
    if halves.message is not None and halves.message.seq == seq:
        return halves.message
    halves.requested, halves.expires = seq, now + ABORT_TIMEOUT_S
    return None


def abort(job: Job) -> Reply | None:
    """PC_to_RDR_Abort: answered once the control request has arrived as well."""
    halves = job.slot.aborting
    if halves.requested is not None:
        if halves.requested != job.seq:
            raise Refused(Error.CMD_ABORTED)
        return complete(job)
    if halves.message is not None:
        raise Refused(Error.CMD_ABORTED)
    halves.message, halves.expires = job, job.reader.now + ABORT_TIMEOUT_S
    return None


def complete(job: Job) -> Reply:
    """Both halves have arrived: fail the command under way with FF, then answer the abort."""
    slot = job.slot
    slot.aborting.clear()
    if slot.job is not None:
        slot.job.fail(Error.CMD_ABORTED)
    return slot.clock_status, b""
