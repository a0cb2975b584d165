"""SUSPEND UICC: the terminal removes the supply for a while, and the card resumes afterwards.

Spec: ETSI TS 102 221, 11.1.22.
"""

from __future__ import annotations

import hmac
import secrets

from applets.shared.file_system.tree import Path
from vcard import SW, Command, Reply, Value, handles
from vcard.memory import all_parts, parts

from .selection import Selection

_SUSPEND, _RESUME = 0x00, 0x01
_TOKEN, _LAST_UNIT = 8, 0x04
_SECONDS = (1, 60, 3600, 86400, 864000)
"""The units of a duration: seconds, minutes, hours, days, ten days."""


class Suspension(Selection):
    """Keeps what a reset would lose: the position of the basic channel, and the verified PINs."""

    def powered(self) -> None:
        """End the suspension; a suspended session may now be resumed."""
        super().powered()
        self._stopped: set[int] = set()
        self._begun: set[int] = set()

    def process(self, command: Command) -> Reply:
        """Answer a command; refuse every command between suspension and deactivation."""
        port = self.channel.port
        if port in self._stopped:
            return SW.CONDITIONS_NOT_SATISFIED
        if command.ins != 0x76:
            self._begin(port)
        return super().process(command)

    def selected(self, command: Command, aid: bytes) -> Reply:
        """Select an application, and forget a suspended session."""
        self._begin(self.channel.port)
        return super().selected(command, aid)

    def _begin(self, port: int) -> None:
        """Forget a suspended session: the first command was not a resumption."""
        self._begun.add(port)
        self.memory.pop(f"suspended-{port}", None)

    @handles(ins=0x76, cla=0x80)
    def suspend_uicc(self, command: Command) -> Reply:
        """SUSPEND UICC: P1 00 with two durations returns the longest one and a token, 01 resumes.

        6985 on channels other than the basic one, for a wrong token, and if another command came
        first; 6A80 for malformed durations.
        """
        if command.p2 or command.p1 not in (_SUSPEND, _RESUME):
            return SW.INCORRECT_P1_P2
        if self.channel.number:
            return SW.CONDITIONS_NOT_SATISFIED
        return self._suspend(command) if command.p1 == _SUSPEND else self._resume(command)

    def _suspend(self, command: Command) -> Reply:
        if len(command.data) != 4:
            return SW.WRONG_LENGTH
        shortest, longest = command.data[:2], command.data[2:]
        if max(shortest[0], longest[0]) > _LAST_UNIT or _seconds(shortest) > _seconds(longest):
            return SW.WRONG_DATA
        port, place = self.channel.port, self.place
        token = secrets.token_bytes(_TOKEN)
        verified: Value = tuple(
            (*pin.adf, pin.reference) for pin in self.files.pins if pin.verified
        )
        where: Value = (place.df, place.adf, None if place.ef is None else place.ef.path)
        self.memory[f"suspended-{port}"] = (token, where, place.record, verified)
        self._stopped.add(port)
        return longest + token

    def _resume(self, command: Command) -> Reply:
        port = self.channel.port
        kept = self.memory.pop(f"suspended-{port}", None)
        first, self._begun = port not in self._begun, self._begun | {port}
        if len(command.data) != _TOKEN:
            return SW.WRONG_LENGTH
        if kept is None or not first:
            return SW.CONDITIONS_NOT_SATISFIED
        token, where, record, verified = parts(kept, bytes, tuple, int, tuple)
        if not hmac.compare_digest(token, command.data):
            return SW.CONDITIONS_NOT_SATISFIED
        self._restore(where, record, verified)
        return None

    def _restore(self, where: tuple[Value, ...], record: int, verified: tuple[Value, ...]) -> None:
        place, (df, adf, ef) = self.place, where
        place.adf, place.df = adf, df  # type: ignore[assignment] # paths, as _suspend wrote them
        place.ef = None if ef is None else self.files.tree.by_path.get(_path(ef))
        place.record = record
        for pin in self.files.pins:
            pin.pin.verified = (*pin.adf, pin.reference) in verified


def _path(value: Value) -> Path:
    return all_parts(value)  # type: ignore[return-value] # a path, as _suspend wrote it


def _seconds(duration: bytes) -> int:
    return _SECONDS[duration[0]] * duration[1]
