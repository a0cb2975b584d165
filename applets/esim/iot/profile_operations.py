"""Profile state management operations (PSMO) of a package.

Each handler takes an operation and returns its result as a data object; Stop ends the package after
a failed operation.
Spec: GSMA SGP.32, 2.11.1.1.3, 3.4 (PSMOs), 2.11.2.1 (their results).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from vcard import Tlv, tlv

from ..core import Core
from ..euicc_info import rules_authorisation_table
from ..inventory import Entry
from ..profile_states import Result, State
from ..profiles_info import CHANGE_ONGOING, ProfilesInfo, error
from ..switching import Refused, Switch
from .recovery import Recovery
from .versions import (
    RETURN_FALLBACK_PROFILE,
    ROLLBACK_NOT_AVAILABLE,
    UNDEFINED,
    IotVersion,
    Operation,
)

ICCID, ROLLBACK_FLAG = 0x5A, 0x05
ICCID_SIZE = 10


class Stop(Exception):  # noqa: N818 - an answer, not a fault
    """The package ends here; `outcome` is the last result."""

    def __init__(self, outcome: bytes) -> None:
        super().__init__(outcome)
        self.outcome = outcome


@dataclass(slots=True)
class Run:
    """The effect of one package's operations so far."""

    enabled: bool = False
    disabled: bytes = b""
    """The ICCID of the profile that was disabled."""
    changed: bool = False
    roll_back_to: bytes = b""


Handler = Callable[[Tlv, Run], bytes]


class ProfileOperations:
    """The handlers by tag, in `handlers`; each raises Stop if its operation is refused."""

    def __init__(
        self,
        core: Core,
        *,
        version: IotVersion,
        switch: Switch,
        profiles: ProfilesInfo,
        recovery: Recovery,
    ) -> None:
        self.core, self.version, self.switch = core, version, switch
        self.profiles, self.recovery = profiles, recovery
        self.handlers: dict[int, Handler] = {
            0xA3: self.enable,
            0xA4: self.disable,
            0xA5: self.delete,
            0xA6: self.get_rat,
            0xA7: self.configure_immediate,
            0xBF2D: self.list_profiles,
        }
        if version.fallback:
            self.handlers |= {
                0xA8: self.set_fallback,
                0xA9: self.unset_fallback,
                0xBF65: self.set_default_address,
            }

    def enable(self, operation: Tlv, run: Run) -> bytes:
        """Enable: once in a package.

        With the flag, the IPA may roll back to the previous profile.
        """
        if run.enabled:
            raise Stop(tlv(0x83, bytes((UNDEFINED,))))
        before = self.core.inventory.on_port(0)
        previous = run.disabled if before is None else before.iccid
        wanted = operation.find(ROLLBACK_FLAG) is not None

        def work(entry: Entry | None) -> int:
            if wanted and not previous and entry is not None and entry.state is State.DISABLED:
                return ROLLBACK_NOT_AVAILABLE
            self.switch.enable(entry, 0, None, refresh=True)
            return Result.OK

        outcome = self._switched(Operation.ENABLE, 0x83, operation, work)
        run.enabled = run.changed = True
        run.roll_back_to = previous if wanted else b""
        self.recovery.forget_return()
        return outcome

    def disable(self, operation: Tlv, run: Run) -> bytes:
        """Disable: once in a package, and not after Enable."""
        if run.enabled or run.disabled:
            raise Stop(tlv(0x84, bytes((UNDEFINED,))))

        def work(entry: Entry | None) -> int:
            self.switch.disable(entry, 0, refresh=True)
            return Result.OK

        outcome = self._switched(Operation.DISABLE, 0x84, operation, work)
        run.disabled, run.changed = _iccid(operation), True
        return outcome

    def delete(self, operation: Tlv, run: Run) -> bytes:
        """Delete, unless the card may have to return to the profile."""

        def work(entry: Entry | None) -> int:
            if entry is not None and entry.state is State.DISABLED:
                if entry.iccid in (run.roll_back_to, self.recovery.rollback_target):
                    return ROLLBACK_NOT_AVAILABLE
                if entry.iccid == self.recovery.return_target:
                    return RETURN_FALLBACK_PROFILE
            self.switch.delete(entry)
            return Result.OK

        outcome = self._switched(Operation.DELETE, 0x85, operation, work)
        run.changed = True
        return outcome

    def _switched(
        self, kind: Operation, tag: int, operation: Tlv, work: Callable[[Entry | None], int]
    ) -> bytes:
        """Do `work` with the profile that an operation names; raises Stop if it is refused."""
        iccid = _iccid(operation)
        entry = self.core.inventory.find(iccid=iccid) if len(iccid) == ICCID_SIZE else None
        try:
            busy = kind is not Operation.DELETE and entry is not None and self.core.cat.busy(0)
            number = int(Result.CAT_BUSY) if busy else work(entry)
        except Refused as refused:
            number = refused.result
        outcome = tlv(tag, bytes((self.version.result(kind, number),)))
        if number:
            raise Stop(outcome)
        return outcome

    def list_profiles(self, operation: Tlv, run: Run) -> bytes:
        """ListProfileInfo: not after an operation that changes the list."""
        if run.changed:
            raise Stop(error(CHANGE_ONGOING))
        return self.profiles.get(operation, 0)

    def get_rat(self, _operation: Tlv, _run: Run) -> bytes:
        """GetRAT."""
        return tlv(0xA6, rules_authorisation_table(self.core.config.allowed_policy))

    def configure_immediate(self, operation: Tlv, _run: Run) -> bytes:
        """ConfigureImmediateEnable (version 1.0: configureAutoEnable)."""
        self.recovery.configure_immediate(operation)
        return tlv(0x87, b"\0")

    def set_fallback(self, operation: Tlv, _run: Run) -> bytes:
        """SetFallbackAttribute."""
        entry = self.core.inventory.find(iccid=_iccid(operation))
        return _checked(0x8D, self.recovery.set_fallback(entry))

    def unset_fallback(self, _operation: Tlv, _run: Run) -> bytes:
        """UnsetFallbackAttribute."""
        return _checked(0x8E, self.recovery.unset_fallback())

    def set_default_address(self, operation: Tlv, _run: Run) -> bytes:
        """SetDefaultDpAddress."""
        return set_default_address(self.core, operation)


def set_default_address(core: Core, request: Tlv) -> bytes:
    """SetDefaultDpAddress (BF65): an empty address clears it; 127 if it is missing or no text."""
    field, number = request.find(0x80), UNDEFINED
    try:
        if field is not None:
            core.inventory.server, number = field.value.decode(), 0
    except UnicodeDecodeError:
        number = UNDEFINED
    return tlv(0xBF65, tlv(0x80, bytes((number,))))


def _checked(tag: int, number: int) -> bytes:
    outcome = tlv(tag, bytes((number,)))
    if number:
        raise Stop(outcome)
    return outcome


def _iccid(operation: Tlv) -> bytes:
    field = operation.find(ICCID)
    return b"" if field is None else field.value
