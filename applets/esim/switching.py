"""Enable, disable and delete profiles: states, ports, policy rules, notifications.

Spec: GSMA SGP.22, 3.2, 5.7.16 to 5.7.19; version 3, 2.12 (ports and modes); SGP.21, 4.6 (a test
profile may replace any profile, which comes back when the test profile is disabled). A profile's
metadata says which events it reports.
"""

from __future__ import annotations

from collections.abc import Callable

from vcard import SW

from .core import Core
from .inventory import Entry
from .lsi import Mep
from .profile_states import Action, Result, State, refused
from .profiles import Event, Policy, ProfileClass


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A function was refused; `result` is the reason, which the card's version may lack."""

    def __init__(self, result: Result) -> None:
        super().__init__(result)
        self.result = result


class Switch:
    """Changes the states of profiles.

    `files_changed` is called with the port whose files have changed.
    """

    def __init__(self, core: Core, files_changed: Callable[[int], None]) -> None:
        self.core = core
        self.inventory = core.inventory
        self._files_changed = files_changed

    def enable(self, entry: Entry | None, port: int, target: int | None, *, refresh: bool) -> int:
        """Enable a profile for a command on `port` that named `target`; return the profile's port.

        Raises Refused; 6A80 if a strict MEP-A1 card gets no port number.
        """
        if self.core.strict and self.core.mode is Mep.A1 and target is None:
            raise SW.WRONG_DATA  # a field is missing, whichever profile is named
        entry = _allowed(entry, Action.ENABLE)
        chosen = self._port(port, target)
        self._not_busy(chosen, refresh=refresh)
        held = self.inventory.on_port(chosen)
        if held is not None:
            self._reenabling(held, entry, chosen)
            self._release(held, forced=self._is_test(entry))
        self._remember(held, entry, chosen)
        self._take(entry, chosen)
        self._changed(chosen, refresh=refresh)
        return chosen

    def disable(self, entry: Entry | None, port: int, *, refresh: bool) -> None:
        """Disable a profile; raises Refused.

        The profile that a test profile replaced is enabled again.
        """
        entry = _allowed(entry, Action.DISABLE)
        freed = entry.port
        assert freed is not None
        if self.core.mode is Mep.B and port != freed and self.core.cat.started(freed):
            raise Refused(Result.COMMAND_ERROR)  # only the terminal of that port may
        self._not_busy(freed, refresh=refresh)
        self._release(entry)
        before = self.inventory.find(iccid=self._forgotten(freed))
        if before is not None and before.state is State.DISABLED and self._is_test(entry):
            self._take(before, freed)
        self._changed(freed, refresh=refresh)

    def delete(self, entry: Entry | None) -> None:
        """Delete a profile; raises Refused."""
        entry = _allowed(entry, Action.DELETE)
        metadata = self.inventory.profile(entry.iccid).metadata
        if Policy.NO_DELETE in metadata.policy:
            raise Refused(Result.DISALLOWED_BY_POLICY)
        self._remove(entry)

    def reset(self, classes: frozenset[ProfileClass]) -> int:
        """Delete all profiles of these classes in any state and despite policy; return how many."""
        doomed = [
            one
            for one in self.inventory
            if self.inventory.profile(one.iccid).metadata.profile_class in classes
        ]
        for entry in doomed:
            self._remove(entry)
            if entry.port is not None:
                self._forgotten(entry.port)
                self._changed(entry.port, refresh=True)
        return len(doomed)

    def _remove(self, entry: Entry) -> None:
        self._tell(entry, Event.DELETE)
        self.inventory.remove(entry.iccid)
        self.core.happened("deleted", entry)

    def _take(self, entry: Entry, port: int) -> None:
        self.inventory.switch(entry, port)
        self._tell(entry, Event.ENABLE)

    def _release(self, entry: Entry, *, forced: bool = False) -> None:
        policy = self.inventory.profile(entry.iccid).metadata.policy
        if Policy.NO_DISABLE in policy and not forced:
            raise Refused(Result.DISALLOWED_BY_POLICY)
        self.inventory.switch(entry, None)
        self._tell(entry, Event.DISABLE)

    def _tell(self, entry: Entry, event: Event) -> None:
        self.core.notifications.report(self.inventory.profile(entry.iccid).metadata, event)
        if event is not Event.DELETE:
            self.core.happened({Event.ENABLE: "enabled", Event.DISABLE: "disabled"}[event], entry)

    def _changed(self, port: int, *, refresh: bool) -> None:
        self._files_changed(port)
        if refresh:
            self.core.cat.refresh(port)

    def _not_busy(self, port: int, *, refresh: bool) -> None:
        if not refresh and self.core.cat.busy(port):
            raise Refused(Result.CAT_BUSY)

    def _port(self, port: int, target: int | None) -> int:
        mode = self.core.mode
        if mode in (Mep.A2, Mep.B) and target is not None:
            raise Refused(Result.COMMAND_ERROR)  # the card chooses in these modes
        if mode is Mep.B:
            return port
        if mode is Mep.NONE:
            if target:
                raise Refused(Result.NO_PORT_AVAILABLE)
            return 0
        ports = range(1, self.core.interfaces)
        free = [one for one in ports if self.inventory.on_port(one) is None]
        if mode is Mep.A2:
            if not free:
                raise Refused(Result.NO_PORT_AVAILABLE)
            return free[0]
        if target is None:
            return free[0] if free else ports[0]
        if target not in ports:
            raise Refused(Result.NO_PORT_AVAILABLE)
        return target

    def _reenabling(self, held: Entry, wanted: Entry, port: int) -> None:
        """Refuse any profile but the one that the enabled test profile replaced."""
        if not self._is_test(held) or self._is_test(wanted):
            return
        if self.core.before_test.get(str(port)) != wanted.iccid:
            raise Refused(Result.WRONG_PROFILE_REENABLING)

    def _remember(self, held: Entry | None, wanted: Entry, port: int) -> None:
        memory = self.core.before_test
        if not self._is_test(wanted):
            memory.pop(str(port), None)
        elif held is not None and not self._is_test(held):
            memory[str(port)] = held.iccid

    def _forgotten(self, port: int) -> bytes:
        """Return the ICCID that a test profile replaced on a port, and forget it."""
        memory = self.core.before_test
        iccid = memory.octets(str(port), b"")
        memory.pop(str(port), None)
        return iccid

    def _is_test(self, entry: Entry) -> bool:
        return self.inventory.profile(entry.iccid).metadata.profile_class is ProfileClass.TEST


def _allowed(entry: Entry | None, action: Action) -> Entry:
    result = refused(State.ABSENT if entry is None else entry.state, action)
    if result is not None:
        raise Refused(result)
    assert entry is not None
    return entry
