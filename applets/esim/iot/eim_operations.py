"""EIM configuration operations (eCO) of a package.

Spec: GSMA SGP.32, 2.11.1.1.2, 3.5.1 (eCOs), 2.11.2.1 (their results).
"""

from __future__ import annotations

from collections.abc import Callable

from applets.shared.der import integer, number
from vcard import Tlv, tlv

from .associated import ID, ID_TYPE, AssociatedEim, AssociatedEims, Refused
from .profile_operations import Stop
from .versions import EIM_NOT_FOUND, LAST_EIM_DELETED, EimResult, IotVersion, Operation

PROPRIETARY_TYPE = 3


class EimOperations:
    """The handlers by tag, in `handlers`. Each returns the result of an operation.

    Stop, with the result, ends the package if an operation is refused.
    """

    def __init__(self, version: IotVersion, eims: AssociatedEims) -> None:
        self.version, self.eims = version, eims
        self.handlers: dict[int, Callable[[Tlv], bytes]] = {
            0xA8: self.add,
            0xA9: self.delete,
            0xAA: self.update,
            0xAB: self.list_eims,
        }

    def add(self, operation: Tlv) -> bytes:
        """AddEim; returns the association token if one was requested."""
        try:
            added = self.eims.add(operation.children)
        except Refused as refused:
            known = self.version.result(Operation.ADD_EIM, refused.result)
            raise Stop(tlv(0xA8, tlv(0x02, bytes((known,))))) from None
        if added.token is None:
            return tlv(0xA8, tlv(0x02, b"\0"))
        return tlv(0xA8, tlv(0x84, integer(added.token)))

    def delete(self, operation: Tlv) -> bytes:
        """DeleteEim, the calling eIM included; the result says whether any eIM is left."""
        identifier = operation.find(ID)
        if identifier is None:
            raise Stop(tlv(0x89, bytes((EimResult.COMMAND_ERROR,))))
        if not self.eims.remove(identifier.value):
            raise Stop(tlv(0x89, bytes((EIM_NOT_FOUND,))))
        return tlv(0x89, b"\0" if len(self.eims) else bytes((LAST_EIM_DELETED,)))

    def update(self, operation: Tlv) -> bytes:
        """UpdateEim: replace the fields that the configuration names."""
        try:
            found = self.eims.update(operation.children)
            result = EIM_NOT_FOUND if found is None else EimResult.OK
        except Refused as refused:
            result = self.version.result(Operation.UPDATE_EIM, refused.result)
        outcome = tlv(0x8A, bytes((result,)))
        if result:
            raise Stop(outcome)
        return outcome

    def list_eims(self, _operation: Tlv) -> bytes:
        """ListEim: identifiers, and their types unless they are proprietary."""
        return tlv(0xAB, tlv(0xA0, *(self._info(one) for one in self.eims)))

    def _info(self, eim: AssociatedEim) -> bytes:
        kind = eim.field(ID_TYPE)
        told = kind and number(kind) != PROPRIETARY_TYPE
        parts = [tlv(self.version.eim_type, kind or b"")] if told else []
        return tlv(0x30, tlv(ID, eim.identifier), *parts)
