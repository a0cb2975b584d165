"""Class requests on the control pipe.

Spec: USB CCID 1.1, 5.3.
"""

from __future__ import annotations

from enum import IntEnum
from struct import pack

from .models.model import Model
from .models.quirks import Quirk


class Request(IntEnum):
    """bRequest of a class request to the interface."""

    ABORT = 1
    GET_CLOCK_FREQUENCIES = 2
    GET_DATA_RATES = 3


def control_in(model: Model, request: int) -> bytes | None:
    """The list that a request asks for, 32 bits each; None if the reader does not answer."""
    if model.has(Quirk.NO_DATA_RATES):
        return None
    lists = {
        Request.GET_CLOCK_FREQUENCIES: model.clock_frequencies,
        Request.GET_DATA_RATES: model.data_rates,
    }
    values = lists.get(Request(request)) if request in set(Request) else None
    return pack(f"<{len(values)}I", *values) if values else None
