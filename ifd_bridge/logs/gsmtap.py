"""GSMTAP: the traffic of a SIM and its phone, in UDP packets (pySim-trace, SIMtrace 2).

A packet holds a TPDU of T=0 in one piece: header, data of either way, status word.

Specs: libosmocore, gsmtap.h; ETSI TS 102 221, 10.1.2 (which commands send data back).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from readers.description.capture_blocks import packets
from vcard.doubles.recording import Entry, Kind

from .turns import in_turn

PORT = 4729
SIM = 4
"""The type of a packet from the contacts of a SIM."""
UDP = 17
LINKS = {0: 4, 1: 14, 101: 0, 113: 16, 228: 0, 276: 20}
"""Link types, and where the IP packet begins: loopback, Ethernet, raw, Linux cooked, IPv4, v2."""
HEADER, SW = 5, 2


class SubType(IntEnum):
    """The contents of a SIM's packet."""

    APDU = 0
    ATR = 1


ANSWERED_WITH_DATA = frozenset({0x12, 0x84, 0xB0, 0xB1, 0xB2, 0xB3, 0xC0, 0xCA, 0xCB, 0xF2})
"""FETCH, GET CHALLENGE, READ, GET RESPONSE, GET DATA, STATUS: P3 is Le."""


def read(raw: bytes) -> list[Entry]:
    """The recording in a capture of GSMTAP packets."""
    return in_turn(_told(raw))


def _told(raw: bytes) -> Iterator[tuple[Kind, bytes]]:
    for link, packet in packets(raw):
        payload = _udp(packet[LINKS[link] :]) if link in LINKS else b""
        size = 4 * payload[1] if len(payload) > 13 else 0
        if not size or payload[2] != SIM:
            continue
        body = payload[size:]
        if payload[12] == SubType.ATR:
            yield Kind.UP, body
        elif payload[12] == SubType.APDU and len(body) >= HEADER + SW:
            cut = _end_of_command(body)
            yield Kind.COMMAND, body[:cut]
            yield Kind.ANSWER, body[cut:]


def _udp(packet: bytes) -> bytes:
    """Return the payload of an IPv4 packet to GSMTAP's port; nothing for other packets."""
    if len(packet) < 28 or packet[0] >> 4 != 4 or packet[9] != UDP:
        return b""
    start = 4 * (packet[0] & 0x0F)
    port = int.from_bytes(packet[start + 2 : start + 4], "big")
    return packet[start + 8 :] if port == PORT else b""


def _end_of_command(tpdu: bytes) -> int:
    """Return the end of the command: after its header, or after the data that P3 counts."""
    sent, data = tpdu[HEADER - 1], len(tpdu) - HEADER - SW
    if tpdu[1] in ANSWERED_WITH_DATA or data < sent or sent == 0:
        return HEADER
    return HEADER + sent
