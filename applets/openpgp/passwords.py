"""PW1, PW3 and the resetting code: passwords of any bytes with a retry counter.

Spec: OpenPGP Smart Card Application 3.4, 4.3 (passwords), 7.2.2 to 7.2.4.
"""

from __future__ import annotations

from vcard import SW, Memory, Pin, Section

LONGEST = 127
SHORTEST = {"pw1": 6, "rc": 8, "pw3": 8}
TRIES = range(1, 16)


class Password(Pin):
    """A password of `shortest` to 127 bytes; `name` is pw1, rc or pw3.

    The lengths limit new values only: a candidate of another length is simply wrong.
    """

    def __init__(
        self, memory: Memory | Section, name: str, value: bytes, *, tries: int, left: int
    ) -> None:
        super().__init__(memory, name, value, tries=tries, left=left)
        self.shortest = SHORTEST[name]

    def check(self, candidate: bytes) -> None:
        """Compare; raise 6982 for a wrong value, 6983 if the password is blocked."""
        if self.blocked:
            raise SW.AUTHENTICATION_BLOCKED
        try:
            super().check(candidate)
        except SW:
            raise SW.SECURITY_STATUS_NOT_SATISFIED from None

    def accept(self, value: bytes) -> None:
        """Raise 6A80 unless this may be a new value."""
        if not self.shortest <= len(value) <= LONGEST:
            raise SW.WRONG_DATA

    def renew(self, value: bytes) -> None:
        """Set a new value; raise 6A80 for a wrong length."""
        self.accept(value)
        self.replace(value)

    def split(self, data: bytes) -> tuple[bytes, bytes]:
        """Split the present value, by its length, from a new one."""
        return data[: self.length], data[self.length :]

    def remove(self) -> None:
        """Clear the password, so that nothing matches (a resetting code that is not set)."""
        self._memory[self._value], self._memory[self._tries] = b"", 0

    def limit_to(self, tries: int) -> None:
        """Set the number of tries; the counter is full unless the password is not set."""
        self._memory[self._limit] = tries
        if self.length:
            self.refill()
