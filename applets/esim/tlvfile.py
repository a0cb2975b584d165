"""BER-TLV files: RETRIEVE DATA and SET DATA, in blocks.

Spec: ETSI TS 102 221, 11.3.1 (RETRIEVE DATA), 11.3.2 (SET DATA).
"""

from __future__ import annotations

from typing import Protocol

from vcard import SW, Command, Reply, Response, tlv
from vcard.tlv import parse_all, read_length, read_tag, tag_bytes

from .access import Mode
from .files import File, Kind
from .filesystem import FileSystem
from .place import Place


class Files(Protocol):
    """Where a command finds its file."""

    @property
    def place(self) -> Place:
        """Where the channel is."""

    @property
    def files(self) -> FileSystem:
        """The port's file system."""

    def current(self, sfi: int, kinds: tuple[Kind, ...], mode: Mode) -> File:
        """The EF that a command is about."""


MORE_TO_READ, MORE_TO_WRITE = SW(0x62F1), SW(0x63F1)
FIRST, SFI = 0x80, 0x1F
TAG_LIST = 0x5C


def retrieve(uicc: Files, command: Command) -> Reply:
    """The object that the tag in the data names; 62F1 while there is more, 6A88 if it is not there.

    The tag 5C asks for a list of the tags that are there. What is left waits for a command of the
    same kind with P2 00.
    """
    place = uicc.place
    if command.p1 or command.p2 & 0x60:
        return SW.INCORRECT_P1_P2
    if command.p2 & FIRST:
        file = uicc.current(command.p2 & SFI, (Kind.BER_TLV,), Mode.READ)
        try:
            tag, end = read_tag(command.data)
            found = _object(uicc.files.content(file), tag)
        except ValueError:
            return SW.WRONG_DATA
        if end != len(command.data):
            return SW.WRONG_DATA
        if not found:
            return SW.REFERENCED_DATA_NOT_FOUND
        place.rest = found
    elif not place.rest:
        return SW.CONDITIONS_NOT_SATISFIED
    size = min(command.ne, 256)
    block, place.rest = place.rest[:size], place.rest[size:]
    return Response(block, MORE_TO_READ if place.rest else SW.OK)


def _object(content: bytes, tag: int) -> bytes:
    """An object of a file, or the list of their tags; empty if there is none."""
    there = parse_all(content)
    if tag == TAG_LIST:
        return tlv(TAG_LIST, *(tag_bytes(one.tag) for one in there))
    return b"".join(bytes(one) for one in there if one.tag == tag)


def put(uicc: Files, command: Command) -> Reply:
    """Write an object, or remove it by its tag alone or with no contents; 63F1: more is to come.

    That an object without contents is no object is a guess. What was there before stays until its
    successor is whole, also where the transfer is broken off.
    """
    place = uicc.place
    if command.p1 or command.p2 & 0x60:
        return SW.INCORRECT_P1_P2
    if command.p2 & FIRST:
        uicc.current(command.p2 & SFI, (Kind.BER_TLV,), Mode.UPDATE)
        place.written = b""
    elif not place.written:
        return SW.CONDITIONS_NOT_SATISFIED
    place.written += command.data
    try:
        tag, start = read_tag(place.written)
        if start == len(place.written):
            place.written = b""
            return _keep(uicc, tag, b"")
        length, start = read_length(place.written, start)
    except ValueError:
        place.written = b""
        return SW.WRONG_DATA
    if len(place.written) < start + length:
        return MORE_TO_WRITE
    whole, place.written = place.written, b""
    if len(whole) > start + length:
        return SW.WRONG_DATA
    return _keep(uicc, tag, whole if length else b"")


def _keep(uicc: Files, tag: int, whole: bytes) -> Reply:
    file = uicc.current(0, (Kind.BER_TLV,), Mode.UPDATE)
    others = [one for one in parse_all(uicc.files.content(file)) if one.tag != tag]
    content = b"".join(bytes(one) for one in others) + whole
    if len(content) > file.size:
        return SW.NOT_ENOUGH_MEMORY
    assert not whole or whole.startswith(tag_bytes(tag))
    uicc.files.write(file, content)
    return None
