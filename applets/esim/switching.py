"""Enabling, disabling and deleting profiles: rules, ports, policy, and who is told.

Spec: GSMA SGP.22, 3.2, 5.7.16 to 5.7.19; version 3, 2.12 (ports and modes). Which events a
profile reports is in its metadata. Re-enabling after a test profile follows a reading of 5.7.16
from memory: it is named as a guess in the documentation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vcard import SW

from .inventory import Entry
from .lsi import Mep
from .profile import Event, Policy, ProfileClass
from .rules import Action, Result, State, refused

if TYPE_CHECKING:
    from .euicc import Euicc


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A function was refused; `result` is the number to answer."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


class Switch:
    """Changes the state of profiles on one card."""

    def __init__(self, card: Euicc) -> None:
        self.card = card
        self.inventory = card.inventory

    def enable(self, entry: Entry | None, port: int, target: int | None, *, refresh: bool) -> int:
        """Enable a profile, from a command on `port` that named `target`; answers its port.

        Raises Refused, or 6A80 where a strict MEP-A1 card is told no port.
        """
        entry = _allowed(entry, Action.ENABLE)
        self._not_busy(port, refresh=refresh)
        chosen = self._port(port, target)
        held = self.inventory.on_port(chosen)
        if held is not None:
            self._reenabling(held, entry, chosen)
            self._release(held)
        self._remember(held, entry, chosen)
        self.inventory.switch(entry, chosen)
        self._tell(entry, Event.ENABLE)
        self._changed(chosen, refresh=refresh)
        return chosen

    def disable(self, entry: Entry | None, port: int, *, refresh: bool) -> None:
        """Disable a profile; raises Refused."""
        entry = _allowed(entry, Action.DISABLE)
        self._not_busy(port, refresh=refresh)
        freed = entry.port
        assert freed is not None
        self._release(entry)
        self._changed(freed, refresh=refresh)

    def delete(self, entry: Entry | None) -> None:
        """Delete a profile; raises Refused."""
        entry = _allowed(entry, Action.DELETE)
        metadata = self.inventory.profile(entry.iccid).metadata
        if Policy.NO_DELETE in metadata.policy:
            raise Refused(Result.DISALLOWED_BY_POLICY)
        self._remove(entry)

    def reset(self, classes: frozenset[ProfileClass]) -> int:
        """Delete all profiles of these classes, whatever their state and policy; how many."""
        doomed = [
            one
            for one in self.inventory
            if self.inventory.profile(one.iccid).metadata.profile_class in classes
        ]
        for entry in doomed:
            self._remove(entry)
            if entry.port is not None:
                self._changed(entry.port, refresh=True)
        return len(doomed)

    def _remove(self, entry: Entry) -> None:
        self._tell(entry, Event.DELETE)
        self.inventory.remove(entry.iccid)
        self.card.happened("deleted", entry)

    def _release(self, entry: Entry) -> None:
        if Policy.NO_DISABLE in self.inventory.profile(entry.iccid).metadata.policy:
            raise Refused(Result.DISALLOWED_BY_POLICY)
        self.inventory.switch(entry, None)
        self._tell(entry, Event.DISABLE)

    def _tell(self, entry: Entry, event: Event) -> None:
        self.card.notifications.report(self.inventory.profile(entry.iccid).metadata, event)
        if event is not Event.DELETE:
            self.card.happened({Event.ENABLE: "enabled", Event.DISABLE: "disabled"}[event], entry)

    def _changed(self, port: int, *, refresh: bool) -> None:
        self.card.files_changed(port)
        if refresh:
            self.card.cat.refresh(port)

    def _not_busy(self, port: int, *, refresh: bool) -> None:
        if not refresh and self.card.cat.busy(port):
            raise Refused(Result.CAT_BUSY)

    def _port(self, port: int, target: int | None) -> int:
        mode = self.card.lsi.mode
        if mode is Mep.B:
            return port
        if mode is Mep.NONE:
            if target:
                raise Refused(Result.NO_PORT_AVAILABLE)
            return 0
        ports = range(1, len(self.card.ports))
        free = [one for one in ports if self.inventory.on_port(one) is None]
        if mode is Mep.A2:
            if not free:
                raise Refused(Result.NO_PORT_AVAILABLE)
            return free[0]
        if target is None:
            if self.card.lsi.strict:
                raise SW.WRONG_DATA
            return free[0] if free else ports[0]
        if target not in ports:
            raise Refused(Result.NO_PORT_AVAILABLE)
        return target

    def _reenabling(self, held: Entry, wanted: Entry, port: int) -> None:
        """While a test profile is enabled, only what was enabled before it may come back."""
        if not self._is_test(held) or self._is_test(wanted):
            return
        before = self.card.before_test.get(str(port))
        if before is not None and before != wanted.iccid:
            raise Refused(Result.WRONG_PROFILE_REENABLING)

    def _remember(self, held: Entry | None, wanted: Entry, port: int) -> None:
        memory = self.card.before_test
        if not self._is_test(wanted):
            memory.pop(str(port), None)
        elif held is not None and not self._is_test(held):
            memory[str(port)] = held.iccid

    def _is_test(self, entry: Entry) -> bool:
        return self.inventory.profile(entry.iccid).metadata.profile_class is ProfileClass.TEST


def _allowed(entry: Entry | None, action: Action) -> Entry:
    result = refused(State.ABSENT if entry is None else entry.state, action)
    if result is not None:
        raise Refused(result)
    assert entry is not None
    return entry
