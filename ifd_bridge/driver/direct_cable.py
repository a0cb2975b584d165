"""A cable without threads: driver, reader and card in one process, with a clock that jumps.

For unit tests and measurements. Where a card or a person takes time, the clock jumps to the
reader's next deadline. The real cable is in cable.py.
"""

from __future__ import annotations

from collections.abc import Callable

from readers.ccid.codes import (
    COMMAND_MASK,
    HEADER_SIZE,
    SEQUENCE,
    SLOT,
    STATUS,
    TIME_EXTENSION,
)
from vcard.compiled import mypyc_attr

from .cable import Reader


@mypyc_attr(allow_interpreted_subclasses=True)
class DirectCable:
    """Connects a driver with a reader that nothing else uses.

    `now` is in seconds. `meanwhile`, if set, is called after each jump of the clock: tests press a
    key or remove a card there.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.now = 0.0
        self.meanwhile: Callable[[float], object] | None = None

    def exchange(
        self,
        message: bytes,
        timeout_s: float = 3.0,
        extended: Callable[[bytes], float | None] = lambda _: None,
        data: bytes | None = None,
    ) -> bytes:
        """Send a message and get its answer; TimeoutError if that takes too long."""
        inbox = self.reader.bulk_in
        self.reader.handle(message, self.now, data)
        end = self.now + timeout_s
        while True:
            while inbox:
                answer = inbox.popleft()
                if len(answer) < HEADER_SIZE:
                    return answer  # an empty packet
                if answer[SEQUENCE] != message[SEQUENCE] or answer[SLOT] != message[SLOT]:
                    continue
                if answer[STATUS] & COMMAND_MASK != TIME_EXTENSION:
                    return answer
                timeout_s = extended(answer) or timeout_s
                end = self.now + timeout_s
            self._jump(end)

    def _jump(self, end: float) -> None:
        """Go to the next thing that is due; TimeoutError if that is later than `end`."""
        due = self.reader.deadline
        if due is None or due > end:
            self.now = end
            raise TimeoutError("the reader does not answer")
        self.now = max(self.now, due)
        if self.meanwhile is not None:
            self.meanwhile(self.now)
        self.reader.tick(self.now)
