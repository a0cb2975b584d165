"""The answers that a handler may return.

Spec: ISO/IEC 7816-4, 5.1 (response APDU).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .command import Response
from .sw import SW


@dataclass(frozen=True, slots=True)
class Later:
    """A reply that takes the card `seconds` of its own time; `then` computes it afterwards."""

    seconds: float
    then: Callable[[], Reply]


Reply = bytes | SW | Response | Later | None
