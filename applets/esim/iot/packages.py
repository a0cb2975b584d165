"""LoadEuiccPackage: a signed package of operations, done once and in order.

Spec: GSMA SGP.32, 2.11.1.1 (EuiccPackageRequest), 3.3.1, 5.9.1. All of it is one command, so that
a power cut leaves the card as it was before, or as it is after it.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from functools import partial

from applets.shared.der import integer, number
from vcard import SW, Tlv, tlv
from vcard.tlv import read

from ..core import Core
from ..signatures import SIGNATURE
from .associated import HIGHEST_COUNTER, AssociatedEim, AssociatedEims
from .eim_operations import EimOperations
from .profile_operations import ProfileOperations, Run, Stop
from .recovery import Recovery
from .results import ERROR_UNSIGNED, RESULT, PackageResults, Request
from .versions import IotVersion

PSMO, ECO = 0xA0, 0xA1
RESULT_LIMIT = 0x8000
"""Maximum size of a package's results, in bytes."""


class PackageError(IntEnum):
    """EuiccPackageErrorCode."""

    INVALID_EID = 3
    REPLAY = 4
    COUNTER_OUT_OF_RANGE = 6


class Terminated(IntEnum):
    """Reasons of processingTerminated."""

    RESULT_SIZE_OVERFLOW = 1
    UNKNOWN_OR_DAMAGED = 2


class Packages:
    """LoadEuiccPackage, with the state that it needs."""

    def __init__(
        self,
        core: Core,
        *,
        version: IotVersion,
        eims: AssociatedEims,
        results: PackageResults,
        recovery: Recovery,
        profiles: ProfileOperations,
    ) -> None:
        self.core, self.version, self.eims, self.results = core, version, eims, results
        self.recovery, self.profiles = recovery, profiles
        self.eim_operations = EimOperations(version, eims)

    def load(self, request: Tlv, _port: int) -> bytes:
        """LoadEuiccPackage. 6A80 if the request is malformed.

        An unknown eIM or a wrong signature is answered without a signature, a wrong EID or counter
        with a signed error.
        """
        signed, signature = _pair(request)
        identifier, counter = _needed(signed, 0x80), number(_needed(signed, 0x81))
        named = signed.find(0x82)
        transaction = None if named is None else named.value
        eim = self.eims.find(identifier)
        if eim is None or not eim.signed(signature, bytes(signed)):
            return self._unsigned(identifier, eim, transaction)
        asked = Request(eim, counter, transaction)
        wrong = self._wrong(_needed(signed, 0x5A), eim, counter)
        if wrong is not None:
            return self.results.failed(asked, wrong)
        return self._run(asked, signed)

    def _unsigned(
        self, identifier: bytes, eim: AssociatedEim | None, transaction: bytes | None
    ) -> bytes:
        """EuiccPackageErrorUnsigned."""
        parts = [tlv(0x80, identifier)]
        if transaction is not None and self.version.error_transaction:
            parts.append(tlv(0x82, transaction))
        if eim is not None and eim.token is not None:
            parts.append(tlv(0x84, integer(eim.token)))
        return tlv(RESULT, tlv(ERROR_UNSIGNED, *parts))

    def _wrong(self, eid: bytes, eim: AssociatedEim, counter: int) -> PackageError | None:
        if eid != bytes.fromhex(self.core.eid):
            return PackageError.INVALID_EID
        if not 0 <= counter <= HIGHEST_COUNTER:
            return PackageError.COUNTER_OUT_OF_RANGE
        return PackageError.REPLAY if counter <= eim.counter else None

    def _run(self, asked: Request, signed: Tlv) -> bytes:
        """Execute a package's operations; the next package ends the permission to roll back."""
        sequence = self.core.notifications.next_number()
        self.recovery.withdraw()
        run = Run()
        outcomes = self._outcomes(signed, run)
        self._counted(asked)
        if run.roll_back_to:
            self.recovery.grant(run.roll_back_to, asked, sequence)
        return self.results.keep(sequence, asked, outcomes)

    def _counted(self, asked: Request) -> None:
        """Raise the counter of the eIM, unless its own package has set or removed it."""
        now = self.eims.find(asked.eim.identifier)
        if now is not None and now.counter == asked.eim.counter:
            self.eims.put(AssociatedEim(now.identifier, now.data, asked.counter, now.token))

    def _outcomes(self, signed: Tlv, run: Run) -> list[bytes]:
        """The results of the operations up to the first failure."""
        outcomes: list[bytes] = []
        for handler, operation in self._planned(signed, run):
            try:
                outcome = handler(operation)
            except Stop as stop:
                return [*outcomes, stop.outcome]
            except ValueError:
                return [*outcomes, _terminated(Terminated.UNKNOWN_OR_DAMAGED)]
            if len(outcome) + sum(map(len, outcomes)) > RESULT_LIMIT:
                return [*outcomes, _terminated(Terminated.RESULT_SIZE_OVERFLOW)]
            outcomes.append(outcome)
        return outcomes

    def _planned(self, signed: Tlv, run: Run) -> list[tuple[Callable[[Tlv], bytes], Tlv]]:
        """The operations of a package, each with its handler."""
        handlers: dict[int, Callable[[Tlv], bytes]] = {
            tag: partial(_with, handler, run) for tag, handler in self.profiles.handlers.items()
        }
        package = signed.find(PSMO)
        if package is None:
            package, handlers = signed.find(ECO), self.eim_operations.handlers
        found = _operations(b"" if package is None else package.value)
        return [(handlers.get(one.tag, _unknown), one) for one in found]


def _with(handler: Callable[[Tlv, Run], bytes], run: Run, operation: Tlv) -> bytes:
    return handler(operation, run)


def _unknown(_operation: Tlv) -> bytes:
    raise Stop(_terminated(Terminated.UNKNOWN_OR_DAMAGED))


DAMAGED = Tlv(0)
"""Placeholder for malformed data: no operation has this tag."""


def _operations(raw: bytes) -> list[Tlv]:
    """The operations up to the first malformed one; an empty list counts as malformed."""
    found: list[Tlv] = []
    offset = 0
    try:
        while offset < len(raw):
            item, offset = read(raw, offset)
            found.append(item)
    except ValueError:
        found.append(DAMAGED)
    return found or [DAMAGED]


def _terminated(reason: Terminated) -> bytes:
    return tlv(0x02, bytes((reason,)))


def _pair(request: Tlv) -> tuple[Tlv, bytes]:
    """Return the signed part and the signature; 6A80 unless both are present."""
    parts = request.children
    if [part.tag for part in parts] != [0x30, SIGNATURE]:
        raise SW.WRONG_DATA
    return parts[0], parts[1].value


def _needed(where: Tlv, tag: int) -> bytes:
    found = where.find(tag)
    if found is None:
        raise SW.WRONG_DATA
    return found.value
