"""Recovery of an IoT device that lost its network: rollback, fallback, first enabling.

Spec: GSMA SGP.32, 5.9.15 (ImmediateEnable), 5.9.16 (ProfileRollback), 5.9.17
(ConfigureImmediateProfileEnabling), 5.9.20 and 5.9.21 (fallback), 3.4.6 and 3.4.7 (its attribute).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from vcard import Section, Tlv, tlv
from vcard.memory import parts

from ..core import Core
from ..inventory import Entry
from ..profile_states import Result, State
from ..switching import Refused, Switch
from .associated import AssociatedEims
from .results import PackageResults, Request
from .versions import IotVersion, Operation

NOT_ALLOWED, COMMAND_ERROR, UNDEFINED = 1, 7, 127
"""Results of ProfileRollback."""
NOT_DISABLED, NO_FALLBACK = 2, 6
"""Results of the fallback functions."""
NOT_AVAILABLE, ASSOCIATED_EIM, NO_SESSION = 1, 2, 4
"""Results of immediate enabling."""
NOT_FOUND, FALLBACK_NOT_ALLOWED, NO_ATTRIBUTE, FALLBACK_ENABLED = 1, 2, 2, 3
"""Results of the fallback attribute."""


@dataclass(frozen=True, slots=True)
class Installed:
    """A profile that was downloaded since the last reset, and from where."""

    iccid: bytes
    address: str
    server: bytes


class Recovery:
    """The recovery functions and their state. `installed` returns the last download."""

    def __init__(
        self,
        core: Core,
        *,
        version: IotVersion,
        memory: Section,
        switch: Switch,
        eims: AssociatedEims,
        results: PackageResults,
        installed: Callable[[], Installed | None],
    ) -> None:
        self.core, self.version, self.switch = core, version, switch
        self.eims, self.results = eims, results
        self._memory, self._installed = memory, installed

    # Rollback

    @property
    def rollback_target(self) -> bytes:
        """The ICCID of the profile that a rollback would enable; empty if none is permitted."""
        row = self._grant
        return b"" if row is None else row[0]

    @property
    def _grant(self) -> tuple[bytes, bytes, int, bytes | None, int] | None:
        row = self._memory.get("rollback")
        return cast("tuple[bytes, bytes, int, bytes | None, int] | None", row)

    def grant(self, iccid: bytes, request: Request, sequence: int) -> None:
        """Permit a rollback to a profile; its result will answer the same package."""
        self._memory["rollback"] = (
            iccid, request.eim.identifier, request.counter, request.transaction, sequence,
        )  # fmt: skip

    def withdraw(self) -> None:
        """End the permission."""
        self._memory.pop("rollback", None)

    def roll_back(self, request: Tlv, _port: int) -> bytes:
        """ProfileRollback: a result that reports the rollback replaces that of the package."""
        refresh = _refresh(request)
        if refresh is None:
            return _rollback(COMMAND_ERROR)
        row = self._grant
        eim = None if row is None else self.eims.find(row[1])
        if row is None or eim is None:
            return _rollback(NOT_ALLOWED)
        iccid, _, counter, transaction, sequence = row
        number = self._enabled(self.core.inventory.find(iccid=iccid), refresh=refresh)
        if number:
            return _rollback(number)
        self.withdraw()
        self.results.forget(sequence)
        asked = Request(eim, counter, transaction)
        result = self.results.keep(self.core.notifications.next_number(), asked, [tlv(0x8C, b"\0")])
        return _rollback(0, result)

    def _enabled(self, entry: Entry | None, *, refresh: bool) -> int:
        """Enable a profile: 0, 5 if the terminal is busy, or 127."""
        try:
            self.switch.enable(entry, 0, None, refresh=refresh)
        except Refused as refused:
            return Result.CAT_BUSY if refused.result is Result.CAT_BUSY else UNDEFINED
        return 0

    # Fallback

    @property
    def fallback(self) -> Entry | None:
        """The profile with the fallback attribute."""
        iccid = self._memory.octets("fallback", b"")
        return self.core.inventory.find(iccid=iccid) if iccid else None

    @property
    def return_target(self) -> bytes:
        """The ICCID of the profile to return to from the fallback profile; may be empty."""
        return self._memory.octets("return", b"")

    def forget_return(self) -> None:
        """Forget the profile to return to: another one was enabled on purpose."""
        self._memory.pop("return", None)

    def set_fallback(self, entry: Entry | None) -> int:
        """SetFallbackAttribute; return its result code."""
        if entry is None:
            return NOT_FOUND
        now = self.fallback
        if now is not None and now.iccid == entry.iccid:
            return 0
        if not self.core.inventory.profile(entry.iccid).metadata.fallback_allowed:
            return FALLBACK_NOT_ALLOWED
        if now is not None and now.state is State.ENABLED:
            return FALLBACK_ENABLED
        self._memory["fallback"] = entry.iccid
        return 0

    def unset_fallback(self) -> int:
        """UnsetFallbackAttribute; return its result code."""
        now = self.fallback
        if now is None:
            return NO_ATTRIBUTE
        if now.state is State.ENABLED:
            return FALLBACK_ENABLED
        del self._memory["fallback"]
        return 0

    def execute_fallback(self, request: Tlv, _port: int) -> bytes:
        """ExecuteFallbackMechanism."""
        refresh, now = _refresh(request), self.core.inventory.on_port(0)
        spare = self.fallback
        if refresh is None or now is None:
            number = COMMAND_ERROR
        elif spare is None:
            number = NO_FALLBACK
        elif spare.state is State.ENABLED:
            number = NOT_DISABLED
        else:
            number = self._enabled(spare, refresh=refresh)
            if not number:
                self._memory["return"] = now.iccid
                self.withdraw()
        return _answer(0xBF5D, number)

    def return_from_fallback(self, request: Tlv, _port: int) -> bytes:
        """ReturnFromFallback."""
        refresh, spare = _refresh(request), self.fallback
        before = self.core.inventory.find(iccid=self.return_target) if self.return_target else None
        if refresh is None:
            number = COMMAND_ERROR
        elif spare is None or spare.state is not State.ENABLED or before is None:
            number = NO_FALLBACK
        else:
            number = self._enabled(before, refresh=refresh)
            if not number:
                self.forget_return()
                self.withdraw()
        return _answer(0xBF5E, number)

    # Immediate enabling

    def configure_immediate(self, request: Tlv) -> None:
        """Store the flag and the server that it applies to: OID and address, empty for any."""
        self._memory["immediate"] = tuple(
            b"" if (field := request.find(tag)) is None else field.value for tag in (0x81, 0x82)
        ) if request.find(0x80) is not None else None  # fmt: skip

    def reset_immediate(self) -> None:
        """Forget the configuration."""
        self._memory.pop("immediate", None)

    def configure(self, request: Tlv, _port: int) -> bytes:
        """ConfigureImmediateProfileEnabling: only while no eIM is associated."""
        if len(self.eims):
            return _answer(0xBF59, ASSOCIATED_EIM)
        self.configure_immediate(request)
        return _answer(0xBF59, 0)

    def enable_immediately(self, request: Tlv, _port: int) -> bytes:
        """ImmediateEnable: of the profile that was just downloaded from the server configured.

        Version 1.0 (EnableUsingDD) has no refresh flag and always sends a REFRESH.
        """
        wanted = self._memory.get("immediate")
        if wanted is None:
            return _answer(0xBF5A, NOT_AVAILABLE)
        server, address = parts(wanted, bytes, bytes)
        last = self._installed()
        known = address.decode(errors="replace") or self.core.inventory.server
        if last is None or server not in (b"", last.server) or known not in ("", last.address):
            return _answer(0xBF5A, NO_SESSION)
        refresh = _refresh(request)
        entry = self.core.inventory.find(iccid=last.iccid)
        number = self._enabled(entry, refresh=refresh is not False)
        return _answer(0xBF5A, self.version.result(Operation.IMMEDIATE, number))


def _refresh(request: Tlv) -> bool | None:
    """The refresh flag; None if it is not there."""
    field = request.find(0x80)
    return None if field is None else any(field.value)


def _answer(tag: int, number: int) -> bytes:
    return tlv(tag, tlv(0x80, bytes((number,))))


def _rollback(number: int, result: bytes = b"") -> bytes:
    return tlv(0xBF58, tlv(0x02, bytes((number,))), result)
