"""Escape: what a reader's maker added.

Spec: USB CCID 1.1, 6.1.8 and 6.2.4.
"""

from __future__ import annotations

from .job import Job, Refused, Reply
from .message import HEADER_SIZE, Error

BAD_DATA = 0x0A
"""The offset of the first byte of abData."""


def escape(job: Job, message: bytes) -> Reply:
    """PC_to_RDR_Escape: the model's longest entry that the request begins with answers."""
    request, escapes = message[HEADER_SIZE:], job.reader.model.escapes
    if not escapes:
        raise Refused(Error.CMD_NOT_SUPPORTED)
    known = [entry for entry in escapes if request.startswith(entry[0])]
    if not known:
        raise Refused(BAD_DATA)
    return 0, max(known, key=lambda entry: len(entry[0]))[1]
