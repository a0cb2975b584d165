"""ES10b without downloads: information about the card, and notifications.

Downloads are in applets.esim.download. Spec: GSMA SGP.22, 5.7.8 to 5.7.11.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from applets.shared.der import number, positions
from vcard import Tlv, tlv

from .core import Core
from .euicc_info import info1, info2
from .notifications import Notification
from .profiles import Event

UNDEFINED = 127


class Es10b:
    """The functions, by tag, in `commands`."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.commands: dict[int, Callable[[Tlv, int], bytes]] = {
            0xBF20: self.get_info1,
            0xBF22: self.get_info2,
            0xBF28: self.list_notifications,
            0xBF2B: self.retrieve_notifications,
            0xBF30: self.remove_notification,
        }

    def get_info1(self, _request: Tlv, _port: int) -> bytes:
        """GetEUICCInfo, the short form."""
        return info1(self.core)

    def get_info2(self, _request: Tlv, _port: int) -> bytes:
        """GetEUICCInfo, the long form."""
        return info2(self.core)

    def list_notifications(self, request: Tlv, _port: int) -> bytes:
        """ListNotification: all, or those of certain events; 127 if these are no BIT STRING."""
        wanted = request.find(0x81)
        try:
            found = self._of_events(None if wanted is None else wanted.value)
        except ValueError:
            return tlv(0xBF28, tlv(0x81, bytes((UNDEFINED,))))
        return tlv(0xBF28, tlv(0xA0, *(one.metadata for one in found)))

    def retrieve_notifications(self, request: Tlv, _port: int) -> bytes:
        """RetrieveNotificationsList: by number, by events, or all."""
        criterion = request.find(0xA0)
        parts = [] if criterion is None else criterion.children
        if len(parts) > 1:
            return tlv(0xBF2B, tlv(0x81, bytes((UNDEFINED,))))
        found: Iterable[Notification] = self.core.notifications
        if parts and parts[0].tag == 0x80:
            wanted = number(parts[0].value)
            found = [one for one in found if one.number == wanted]
        elif parts:
            found = self._of_events(parts[0].value)
        return tlv(0xBF2B, tlv(0xA0, *(one.signed for one in found)))

    def remove_notification(self, request: Tlv, _port: int) -> bytes:
        """RemoveNotificationFromList: 1 if there is none of that number."""
        field = request.find(0x80)
        if field is None:
            return tlv(0xBF30, tlv(0x80, bytes((UNDEFINED,))))
        removed = self.core.notifications.remove(number(field.value))
        return tlv(0xBF30, tlv(0x80, bytes((0 if removed else 1,))))

    def _of_events(self, raw: bytes | None) -> list[Notification]:
        if raw is None:
            return list(self.core.notifications)
        events = Event(sum(0x80 >> bit for bit in positions(raw) if bit < 4))
        return [one for one in self.core.notifications if one.event in events]
