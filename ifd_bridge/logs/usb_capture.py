"""A captured USB bus: the traffic of a reader's first slot in whole APDUs.

Readers that exchange TPDUs carry blocks, which are not put together here; captures of ours hold
whole APDUs for every reader.

Spec: USB CCID 1.1, 6.1.1, 6.1.4, 6.2.1.
"""

from __future__ import annotations

from collections.abc import Iterator

from readers.ccid.codes import COMMAND_MASK, HEADER, HEADER_SIZE, STATUS, MessageType
from readers.description.bus_packets import Kind as Transfer
from readers.description.bus_packets import bus_packets
from vcard.doubles.recording import Entry, Kind

from .turns import in_turn

MOST_WAITING = 256
_WANTED = {
    MessageType.PC_to_RDR_IccPowerOn: Kind.UP,
    MessageType.PC_to_RDR_IccPowerOff: Kind.DOWN,
    MessageType.PC_to_RDR_XfrBlock: Kind.ANSWER,
}
"""The kind of entry that records the answer to a message."""

_Key = tuple[tuple[int, int], int, int]


def read(raw: bytes) -> list[Entry]:
    """The recording of the first reader at which a command was answered; empty if none was."""
    told: dict[tuple[tuple[int, int], int], list[tuple[Kind, bytes]]] = {}
    for (place, slot, _), kind, data in _exchanges(raw):
        told.setdefault((place, slot), []).append((kind, data))
    answered = (one for one in told.values() if any(kind is Kind.ANSWER for kind, _ in one))
    return in_turn(next(answered, ()))


def _exchanges(raw: bytes) -> Iterator[tuple[_Key, Kind, bytes]]:
    waiting: dict[_Key, tuple[Kind, bytes]] = {}
    for packet in bus_packets(raw):
        # Data to the host stands in the packet that ends a transfer, the other in the first.
        if packet.kind != Transfer.BULK or packet.to_host != packet.ends:
            continue
        if packet.data is None or len(packet.data) < HEADER_SIZE:
            continue
        message = packet.data
        kind, _, slot, seq = HEADER.unpack_from(message)
        key = (packet.place, slot, seq)
        if not packet.to_host and kind in _WANTED:
            if len(waiting) >= MOST_WAITING:
                waiting.pop(next(iter(waiting)))
            waiting[key] = (_WANTED[MessageType(kind)], message[HEADER_SIZE:])
        elif packet.to_host and not message[STATUS] & COMMAND_MASK and key in waiting:
            meaning, sent = waiting.pop(key)
            if meaning is Kind.ANSWER:
                yield key, Kind.COMMAND, sent
            yield key, meaning, b"" if meaning is Kind.DOWN else message[HEADER_SIZE:]
