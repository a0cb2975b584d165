"""MANAGE CHANNEL: opens and closes the logical channels of a port.

Spec: ISO/IEC 7816-4, 11.1.2.
"""

from __future__ import annotations

from collections.abc import Callable

from .channel import Channel, Port
from .command import MAX_CHANNEL, Command, Reply
from .sw import SW

OPEN, CLOSE = 0x00, 0x80
"""P1."""


def manage_channel(
    port: Port, channel: Channel, command: Command, start: Callable[[Channel], None]
) -> Reply:
    """Open channel P2 (00: any, its number is the answer), or close channel P2 (00: this one).

    A channel opened from the basic one is as `start` makes it, as after reset; any other starts
    where its opener stands. 6A86 for a channel that cannot be, 6881 for one that is open already,
    or closed, 6A81 if all are in use.
    """
    if command.p1 == CLOSE:
        number = command.p2 or channel.number
        if number == 0:
            return SW.INCORRECT_P1_P2
        port.close(number)
        return None
    if command.p1 != OPEN or command.p2 > MAX_CHANNEL:
        return SW.INCORRECT_P1_P2
    opened = port.open(command.p2 or _free(port))
    if channel.number == 0:
        start(opened)
    else:
        opened.inherit(channel)
    return None if command.p2 else bytes((opened.number,))


def _free(port: Port) -> int:
    for number in range(1, MAX_CHANNEL + 1):
        if number not in port.channels:
            return number
    raise SW.FUNCTION_NOT_SUPPORTED
