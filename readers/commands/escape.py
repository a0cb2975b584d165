"""Escape: requests defined by a reader's manufacturer.

Spec: USB CCID 1.1, 6.1.8 and 6.2.4.
"""

from __future__ import annotations

from collections.abc import Callable

from ..ccid.codes import Error
from ..models.model import Quirk
from ..pinpad.texts import LOADABLE
from ..slot import Job, Refused, Reply

TEXT_SIZE = 16


def escape(job: Job) -> Reply:
    """PC_to_RDR_Escape: answered by the longest table entry that the request starts with."""
    request, model = job.data, job.reader.model
    peripherals = job.reader.peripherals
    if peripherals and (told := peripherals.answer(request, job.slot.card)) is not None:
        return 0, told
    fixed = dict(model.escapes)
    computed = GEMALTO if model.has(Quirk.GEMALTO_ESCAPES) else {}
    if not (fixed or computed):
        raise Refused(Error.CMD_NOT_SUPPORTED)
    known = [start for start in (*fixed, *computed) if request.startswith(start)]
    if not known:
        raise Refused(Error.BAD_DATA)
    start = max(known, key=len)
    if start in fixed:
        return 0, fixed[start]
    return 0, computed[start](job, request[len(start) :])


def _firmware(job: Job, _data: bytes) -> bytes:
    return job.reader.model.firmware.encode()


def _load_texts(job: Job, data: bytes) -> bytes:
    """The host's own texts, 16 characters each, padded with spaces."""
    if len(data) != LOADABLE * TEXT_SIZE:
        raise Refused(Error.BAD_DATA)
    words = data.decode("latin-1")
    texts = (words[i : i + TEXT_SIZE].rstrip() for i in range(0, len(words), TEXT_SIZE))
    job.reader.pinpad.load(tuple(texts))
    return b""


def _accept(_job: Job, _data: bytes) -> bytes:
    return b""


GEMALTO: dict[bytes, Callable[[Job, bytes], bytes]] = {
    b"\x02": _firmware,
    b"\x01\x01\x01": _accept,  # tell slot changes at once
    b"\x1f\x02": _accept,  # APDU mode, which is the level of the descriptor here
    b"\xb2\xa0\x00\x4d\x4c": _load_texts,
}
"""Requests that Gemalto's readers understand."""
