"""SELECT by DF name: find the applet for a name.

Spec: ISO/IEC 7816-4, 11.1.1 (SELECT), 12.2.2 (application selection).
"""

from __future__ import annotations

from collections.abc import Iterable

from .applet import Applet
from .channel import Channel

BY_DF_NAME = 0x04
NO_RESPONSE = 0x0C
_FIRST, _LAST, _NEXT, _PREVIOUS = range(4)

Selected = tuple[Applet, bytes]
"""An applet and the AID that chose it."""


def choose(applets: Iterable[Applet], channel: Channel, name: bytes, p2: int) -> Selected | None:
    """Find the applet whose AID starts with `name`; P2 says which occurrence.

    Without a name the card manager is chosen, or the first applet on a card that has none
    (Spec: GlobalPlatform Card Specification, 11.9.2.3). A locked applet is passed over.
    """
    applets = list(applets)
    manager = card_manager(applets, channel.port)
    if not name and manager is not None:
        applets = [manager]
    found = [
        (applet, aid)
        for applet in applets
        for aid in applet.aids_on(channel.port)
        if aid.startswith(name) and (manager is None or manager.allows(applet))
    ]
    return _occurrence(found, channel, p2 & 3)


def card_manager(applets: Iterable[Applet], port: int) -> Applet | None:
    """The applet that manages the card, if a port has one."""
    for applet in applets:
        if applet.manages_card and applet.visible(port):
            return applet
    return None


def select_default(applets: Iterable[Applet], default: Applet, channel: Channel) -> None:
    """Select a card's default on a channel, if it is there for its port and not locked."""
    if not default.visible(channel.port):
        return
    manager = card_manager(applets, channel.port)
    if manager is None or manager.allows(default):
        channel.select(default, next(iter(default.aids), b""))


def _occurrence(found: list[Selected], channel: Channel, which: int) -> Selected | None:
    """The occurrence that P2 names among those found, counted from the selected one."""
    if not found:
        return None
    if which in (_FIRST, _LAST):
        return found[0] if which == _FIRST else found[-1]
    selected = (channel.applet, channel.aid)
    if selected not in found:
        return found[0] if which == _NEXT else found[-1]
    index = found.index(selected) + (1 if which == _NEXT else -1)
    return found[index] if 0 <= index < len(found) else None
