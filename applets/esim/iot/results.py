"""Results of packages, signed and kept until the IPA says that they were delivered.

They share sequence numbers with the notifications. When memory is full, the oldest is dropped.
Spec: GSMA SGP.32, 2.11.2, 5.9.11 (RetrieveNotificationsList).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from applets.shared.der import integer, number
from vcard import Section, Tlv, tlv
from vcard.memory import parts

from ..core import Core
from ..es10b import Es10b
from ..signatures import signature_object
from .associated import AssociatedEim
from .versions import IotVersion

RESULT = 0xBF51
SIGNED, ERROR_SIGNED, ERROR_UNSIGNED = 0xA0, 0xA1, 0xA2
MOST = 16
LIST, RESULTS, BOTH = 0xA0, 0xA2, 0xA3


@dataclass(frozen=True, slots=True)
class Request:
    """The fields by which a result names the package that it answers."""

    eim: AssociatedEim
    counter: int
    transaction: bytes | None

    def fields(self) -> list[bytes]:
        """The fields that begin each signed answer."""
        named = [] if self.transaction is None else [tlv(0x82, self.transaction)]
        return [tlv(0x80, self.eim.identifier), tlv(0x81, integer(self.counter)), *named]


class PackageResults:
    """The results in the card's memory, and the functions that return and remove them."""

    def __init__(self, core: Core, memory: Section, notifications: Es10b) -> None:
        self.core, self._memory, self._notifications = core, memory, notifications

    @property
    def _kept(self) -> tuple[tuple[int, bytes], ...]:
        kept = self._memory.sequence("results", ())
        return tuple(parts(one, int, bytes) for one in kept)

    def keep(self, sequence: int, request: Request, outcomes: Sequence[bytes]) -> bytes:
        """Sign and keep the result of a package: EuiccPackageResult."""
        data = tlv(0x30, *request.fields(), tlv(0x83, integer(sequence)), tlv(0x30, *outcomes))
        result = self._signed(SIGNED, request.eim, data)
        self._memory["results"] = (*self._kept, (sequence, result))[-MOST:]
        return result

    def failed(self, request: Request, code: int) -> bytes:
        """Return a signed error. It is not kept, because nothing was executed."""
        data = tlv(0x30, *request.fields(), tlv(0x02, bytes((code,))))
        return self._signed(ERROR_SIGNED, request.eim, data)

    def _signed(self, kind: int, eim: AssociatedEim, data: bytes) -> bytes:
        signature = signature_object(self.core.euicc.key, data, behind=eim.token_object)
        return tlv(RESULT, tlv(kind, data, signature))

    def forget(self, sequence: int) -> bool:
        """Remove the result of this number; False if there is none."""
        left = tuple(one for one in self._kept if one[0] != sequence)
        if len(left) == len(self._kept):
            return False
        self._memory["results"] = left
        return True

    # Functions

    def retrieve(self, request: Tlv, port: int) -> bytes:
        """RetrieveNotificationsList: notifications, or package results, by the criterion."""
        criterion = request.find(0xA0)
        parts = [] if criterion is None else criterion.children
        if len(parts) == 1 and parts[0].tag == 0x82:
            return self._list(self._kept)
        if len(parts) == 1 and parts[0].tag == 0x80:
            wanted = number(parts[0].value)
            found = [one for one in self._kept if one[0] == wanted]
            if found:
                return self._list(found)
        told = self._notifications.retrieve_notifications(request, port)
        if parts or not self._kept or not self._version.mixed_list:
            return told
        listed = Tlv.parse(told).children[0]
        return tlv(0xBF2B, tlv(BOTH, listed, tlv(0xA1, *(raw for _, raw in self._kept))))

    @staticmethod
    def _list(found: Sequence[tuple[int, bytes]]) -> bytes:
        return tlv(0xBF2B, tlv(RESULTS, *(raw for _, raw in found)))

    def remove(self, request: Tlv, port: int) -> bytes:
        """RemoveNotificationFromList, for both kinds."""
        field = request.find(0x80)
        if field is not None and self.forget(number(field.value)):
            return tlv(0xBF30, tlv(0x80, b"\0"))
        return self._notifications.remove_notification(request, port)

    @property
    def _version(self) -> IotVersion:
        assert self.core.config.iot is not None
        return self.core.config.iot
