"""BER-TLV files: RETRIEVE DATA and SET DATA, in blocks.

Spec: ETSI TS 102 221, 11.3.1 (RETRIEVE DATA), 11.3.2 (SET DATA).
"""

from __future__ import annotations

from applets.shared.file_system.access_rules import Mode
from applets.shared.file_system.tree import Kind
from vcard import SW, Command, Reply, Response, handles, tlv
from vcard.tlv import parse_all, read_length, read_tag, tag_bytes

from .selection import Selection

MORE_TO_READ, MORE_TO_WRITE = SW(0x62F1), SW(0x63F1)
FIRST, SFI = 0x80, 0x1F
TAG_LIST = 0x5C


class BerTlvFiles(Selection):
    """The commands for BER-TLV files."""

    @handles(ins=0xCB, cla=0x80)
    def retrieve_data(self, command: Command) -> Reply:
        """RETRIEVE DATA: return the object whose tag is in the data; 62F1 while more follows.

        6A88 if it does not exist. The tag 5C requests a list of the tags in the file. A command
        with P2 00 continues.
        """
        place = self.place
        if command.p1 or command.p2 & 0x60:
            return SW.INCORRECT_P1_P2
        if command.p2 & FIRST:
            place.rest = self._named(command)
        elif not place.rest:
            return SW.CONDITIONS_NOT_SATISFIED
        size = min(command.ne, 256)
        block, place.rest = place.rest[:size], place.rest[size:]
        return Response(block, MORE_TO_READ if place.rest else SW.OK)

    def _named(self, command: Command) -> bytes:
        """Return the object that a first command names; raises 6A80 or 6A88."""
        file = self.current(command.p2 & SFI, (Kind.BER_TLV,), Mode.READ)
        try:
            tag, end = read_tag(command.data)
            found = _object(self.files.content(file), tag)
        except ValueError:
            raise SW.WRONG_DATA from None
        if end != len(command.data):
            raise SW.WRONG_DATA
        if not found:
            raise SW.REFERENCED_DATA_NOT_FOUND
        return found

    @handles(ins=0xDB, cla=0x80)
    def set_data(self, command: Command) -> Reply:
        """SET DATA: write an object; 63F1 requests more data. A tag alone deletes it.

        Assumption: writing an empty object deletes it as well. The old object stays until the new
        one is complete, even if the transfer is interrupted.
        """
        place = self.place
        if command.p1 or command.p2 & 0x60:
            return SW.INCORRECT_P1_P2
        if command.p2 & FIRST:
            self.current(command.p2 & SFI, (Kind.BER_TLV,), Mode.UPDATE)
            place.written = b""
        elif not place.written:
            return SW.CONDITIONS_NOT_SATISFIED
        place.written += command.data
        try:
            return self._written(place.written)
        except ValueError:
            place.written = b""
            return SW.WRONG_DATA

    def _written(self, data: bytes) -> Reply:
        """Write an object once it is complete; ValueError if it is malformed."""
        tag, start = read_tag(data)
        length = 0
        if start < len(data):
            length, start = read_length(data, start)
        if len(data) < start + length:
            return MORE_TO_WRITE
        self.place.written = b""
        if len(data) > start + length:
            return SW.WRONG_DATA
        return self._keep(tag, data if length else b"")

    def _keep(self, tag: int, whole: bytes) -> Reply:
        file = self.current(0, (Kind.BER_TLV,), Mode.UPDATE)
        others = [one for one in parse_all(self.files.content(file)) if one.tag != tag]
        content = b"".join(bytes(one) for one in others) + whole
        if len(content) > file.size:
            return SW.NOT_ENOUGH_MEMORY
        self.files.write(file, content)
        return None


def _object(content: bytes, tag: int) -> bytes:
    """Return an object of a file, or the list of tags; empty if it does not exist."""
    there = parse_all(content)
    if tag == TAG_LIST:
        return tlv(TAG_LIST, *(tag_bytes(one.tag) for one in there))
    return b"".join(bytes(one) for one in there if one.tag == tag)
