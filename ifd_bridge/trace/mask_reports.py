"""Finds secrets in the reports of a HID interface: in the vendors' commands of CTAPHID.

What else is secret is encrypted there. Spec: CTAP 2.1, 11.2.4 (packets), 11.2.9.4 (vendors).
"""

from __future__ import annotations

from collections import deque

from applets.fido2.hid_packets import VENDOR, Packet

FIRST, NEXT = 7, 5
"""The offset of the data in a message's first packet, and in those that continue it."""
MOST = 64
"""Channels that are remembered: a host has one or two."""


class VendorMessages:
    """The messages under way that are vendors': `secret` takes each report of a host."""

    def __init__(self) -> None:
        self._channels: deque[tuple[str, int]] = deque(maxlen=MOST)

    def secret(self, reader: str, raw: bytes) -> slice:
        """Return the slice of the secret in a report; empty if there is none."""
        packet = Packet.parse(raw)
        key = reader, packet.channel
        if packet.first:
            if key in self._channels:
                self._channels.remove(key)
            if packet.command in VENDOR:
                self._channels.append(key)
        if key not in self._channels:
            return slice(len(raw), None)
        return slice(FIRST if packet.first else NEXT, None)
