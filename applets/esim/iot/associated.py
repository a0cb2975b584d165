"""The eIMs that a card is associated with: their keys, counters and association tokens.

Spec: GSMA SGP.32, 2.11.1.1.1 (EimConfigurationData), 5.9.4 (AddInitialEim), 3.5 (eCOs).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from applets.shared.der import integer, number
from vcard import Section, Tlv, Value, tlv
from vcard.memory import all_parts
from vcard.tlv import parse_all

from ..signatures import verified
from .versions import EimResult

ID, FQDN, ID_TYPE, COUNTER, TOKEN, KEY, ISSUER = 0x80, 0x81, 0x82, 0x83, 0x84, 0xA5, 0x88
KNOWN = (ID, FQDN, ID_TYPE, COUNTER, TOKEN, KEY, 0xA6, 0x87, ISSUER, 0x89)
"""The fields of EimConfigurationData in their order."""
LONGEST_ID, MOST = 128, 8
HIGHEST_COUNTER = 0x7FFFFF
TO_BE_MADE = -1
"""The association token with which an eIM requests one."""


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A configuration was refused; `result` is the number to answer."""

    def __init__(self, result: EimResult) -> None:
        super().__init__(result)
        self.result = result


@dataclass(frozen=True, slots=True)
class AssociatedEim:
    """One eIM. `data` are the fields of its configuration, but for counter and token."""

    identifier: bytes
    data: bytes
    counter: int
    token: int | None = None

    @property
    def token_object(self) -> bytes:
        """The associationToken that is signed after packages and results; 0 if the eIM has none."""
        return tlv(TOKEN, integer(self.token or 0))

    @property
    def configuration(self) -> bytes:
        """Encode EimConfigurationData as it is listed: with the token, without the counter."""
        fields = parse_all(self.data)
        if self.token is not None:
            fields.append(Tlv(TOKEN, integer(self.token)))
        return tlv(0x30, *sorted(fields, key=_place))

    def field(self, tag: int) -> bytes | None:
        """The contents of a field of the configuration."""
        return next((one.value for one in parse_all(self.data) if one.tag == tag), None)

    def signed(self, signature: bytes, data: bytes) -> bool:
        """Whether the eIM signed `data` (and its token behind them)."""
        key = self.field(KEY)
        return key is not None and verified(public_key(key), signature, data + self.token_object)


def _place(field: Tlv) -> int:
    return KNOWN.index(field.tag)


def public_key(choice: bytes) -> ec.EllipticCurvePublicKey:
    """The key in eimPublicKeyData: bare (A0) or of a certificate (A1). ValueError if it is none.

    Only P-256 is supported.
    """
    (chosen,) = parse_all(choice)
    whole = tlv(0x30, chosen.value)
    try:
        key = (
            serialization.load_der_public_key(whole)
            if chosen.tag == 0xA0
            else x509.load_der_x509_certificate(whole).public_key()
        )
    except UnsupportedAlgorithm as error:
        raise ValueError(str(error)) from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ValueError("the key is not one of P-256")  # noqa: TRY004 - of a request
    return key


class AssociatedEims:
    """All associated eIMs, in the card's memory.

    `issuers` are the key identifiers of the card's CIs.
    """

    def __init__(self, memory: Section, issuers: Collection[bytes]) -> None:
        self._memory, self._issuers = memory, issuers

    def __iter__(self) -> Iterator[AssociatedEim]:
        for one in self._rows:
            yield AssociatedEim(*all_parts(one))  # type: ignore[arg-type] # as `_keep` wrote it

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def _rows(self) -> tuple[Value, ...]:
        return self._memory.sequence("eims", ())

    def _keep(self, eims: list[AssociatedEim]) -> None:
        self._memory["eims"] = tuple(
            (one.identifier, one.data, one.counter, one.token) for one in eims
        )

    def find(self, identifier: bytes) -> AssociatedEim | None:
        """The eIM of this identifier."""
        return next((one for one in self if one.identifier == identifier), None)

    def add(self, fields: list[Tlv]) -> AssociatedEim:
        """Associate with the eIM of a configuration; raises Refused."""
        found = self._read(fields)
        if self.find(found.identifier) is not None:
            raise Refused(EimResult.ALREADY_EXISTS)
        if len(self) == MOST:
            raise Refused(EimResult.INSUFFICIENT_MEMORY)
        if found.field(KEY) is None:
            raise Refused(EimResult.COMMAND_ERROR)
        if found.token is not None:
            found = replace(found, token=self._next_token())
        self._keep([*self, found])
        return found

    def update(self, fields: list[Tlv]) -> AssociatedEim | None:
        """Replace the fields that a configuration names; None if its eIM is not associated.

        A token is never updated, and a counter is lowered only together with the key. Raises
        Refused.
        """
        found = self._read(fields)
        old = self.find(found.identifier)
        if old is None:
            return None
        tags = {one.tag for one in fields}
        if TOKEN in tags or tags == {ID}:
            raise Refused(EimResult.COMMAND_ERROR)
        counter = found.counter if COUNTER in tags else old.counter
        if counter < old.counter and KEY not in tags:
            raise Refused(EimResult.COMMAND_ERROR)
        kept = [one for one in parse_all(old.data) if one.tag not in tags]
        merged = sorted([*kept, *parse_all(found.data)], key=_place)
        new = replace(old, data=b"".join(map(bytes, merged)), counter=counter)
        self.put(new)
        return new

    def put(self, changed: AssociatedEim) -> None:
        """Replace an eIM; do nothing if it is no longer associated."""
        self._keep([changed if one.identifier == changed.identifier else one for one in self])

    def remove(self, identifier: bytes) -> bool:
        """End an association; False if there is none."""
        left = [one for one in self if one.identifier != identifier]
        removed = len(left) < len(self)
        self._keep(left)
        return removed

    def clear(self) -> bool:
        """End all associations; False if there was none. Tokens are not used again."""
        there = bool(len(self))
        self._keep([])
        return there

    def _next_token(self) -> int:
        token = self._memory.integer("token", 0) + 1
        self._memory["token"] = token
        return token

    def _read(self, fields: list[Tlv]) -> AssociatedEim:
        """Parse EimConfigurationData; raises Refused if a field is missing or malformed."""
        values = {one.tag: one.value for one in fields}
        identifier = values.get(ID, b"")
        if not 1 <= len(identifier) <= LONGEST_ID or len(values) != len(fields):
            raise Refused(EimResult.COMMAND_ERROR)
        if not values.keys() <= set(KNOWN):
            raise Refused(EimResult.COMMAND_ERROR)
        if values.get(ISSUER, next(iter(self._issuers))) not in self._issuers:
            raise Refused(EimResult.ISSUER_UNKNOWN)
        try:
            identifier.decode()
            counter = number(values.get(COUNTER, b"\0"))
            token = number(values[TOKEN]) if TOKEN in values else None
            if KEY in values:
                public_key(values[KEY])
        except ValueError:
            raise Refused(EimResult.COMMAND_ERROR) from None
        if not 0 <= counter <= HIGHEST_COUNTER:
            raise Refused(EimResult.COUNTER_OUT_OF_RANGE)
        if token not in (None, TO_BE_MADE):
            raise Refused(EimResult.INVALID_TOKEN)
        data = [bytes(one) for one in fields if one.tag not in (COUNTER, TOKEN)]
        return AssociatedEim(identifier, b"".join(data), counter, token)
