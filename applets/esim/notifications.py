"""Notifications: signed reports for servers, kept until an LPA removes them.

A notification outlives its profile. Sequence numbers rise by one and are never reused.
Spec: GSMA SGP.22, 3.5; 5.7.9 to 5.7.11.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from applets.shared.credentials import Credential
from applets.shared.der import integer
from vcard import Section, tlv
from vcard.memory import parts

from .profiles import Event, Metadata, ProfileClass
from .signatures import signature_object

METADATA = 0xBF2F


@dataclass(frozen=True, slots=True)
class Notification:
    """A report of `event` for the server at `address`; `signed` is the whole data object."""

    number: int
    event: Event
    address: str
    iccid: bytes
    signed: bytes

    @property
    def metadata(self) -> bytes:
        """NotificationMetadata."""
        return metadata(self.number, self.event, self.address, self.iccid)


def metadata(number: int, event: Event, address: str, iccid: bytes) -> bytes:
    """NotificationMetadata (BF2F). Spec: GSMA SGP.22, 5.7.9."""
    parts = [
        tlv(0x80, integer(number)),
        tlv(0x81, event.bit_string),
        tlv(0x0C, address.encode()),
    ]
    if iccid:
        parts.append(tlv(0x5A, iccid))
    return tlv(METADATA, *parts)


class Notifications:
    """The pending notifications of a card, signed with its key."""

    def __init__(self, memory: Section, euicc: Credential, eum: bytes) -> None:
        self._memory = memory
        self._euicc, self._eum = euicc, eum

    def __iter__(self) -> Iterator[Notification]:
        for number in self._memory.series("pending", int):
            kept = parts(self._memory[f"{number:08d}"], int, str, bytes, bytes)
            event, address, iccid, signed = kept
            yield Notification(number, Event(event), address, iccid, signed)

    def next_number(self) -> int:
        """Use up and return the next sequence number."""
        number = self._memory.integer("number", 0) + 1
        self._memory["number"] = number
        return number

    def keep(self, one: Notification) -> None:
        """Store a notification."""
        pending = self._memory.series("pending", int)
        self._memory["pending"] = (*pending, one.number)
        self._memory[f"{one.number:08d}"] = (int(one.event), one.address, one.iccid, one.signed)

    def remove(self, number: int) -> bool:
        """Remove a notification; False if there is none of that number."""
        pending = self._memory.series("pending", int)
        if number not in pending:
            return False
        self._memory["pending"] = tuple(one for one in pending if one != number)
        del self._memory[f"{number:08d}"]
        return True

    def report(self, profile: Metadata, event: Event, *, but: str | None = None) -> None:
        """Sign and store a notification for each server that the profile names for the event.

        Spec: GSMA SGP.22, 2.4.5.3, 3.5.
        `but` is a server that is informed in another way. Test profiles have no notifications.
        """
        if profile.profile_class is ProfileClass.TEST:
            return
        for events, address in profile.notifications:
            if event in events and address != but:
                number = self.next_number()
                about = metadata(number, event, address, profile.iccid)
                self.keep(Notification(number, event, address, profile.iccid, self._other(about)))

    def _other(self, about: bytes) -> bytes:
        """OtherSignedNotification. Spec: GSMA SGP.22, 5.7.10."""
        signature = signature_object(self._euicc.key, about)
        return tlv(0x30, about, signature, self._euicc.der, self._eum)
