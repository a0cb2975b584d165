"""GET STATUS and SET STATUS.

Spec: GlobalPlatform Card Specification 2.3.1, 11.4 (GET STATUS), 11.10 (SET STATUS).
"""

from __future__ import annotations

from collections.abc import Iterator

from vcard import SW, Command, Reply, Response, handles
from vcard.tlv import Tlv, parse_all, tlv

from .codes import (
    AID,
    DOMAIN,
    GET_STATUS,
    LIFE_CYCLE,
    LOAD_FILE,
    LOAD_FILE_VERSION,
    LOADED,
    LOCK_BIT,
    MODULE,
    NEXT_CARD_STATES,
    PRIVILEGE_FOR,
    PRIVILEGES,
    REGISTRY_ENTRY,
    SELECTABLE,
    SET_STATUS,
    TAG_LIST,
    CardState,
)
from .manager import CardManager
from .registry import LoadFile

OF_DOMAIN, OF_APPLICATIONS, OF_LOAD_FILES, OF_MODULES = 0x80, 0x40, 0x20, 0x10
_AS_TLV, _NEXT = 0x02, 0x01
MORE = SW(0x6310)
_ROOM = 230
"""Bytes of a list in one response: below 256 with a MAC and padding."""

Fields = list[Tlv]


class StatusCommands(CardManager):
    """GET STATUS and SET STATUS: the registry and its life cycles."""

    @handles(ins=GET_STATUS, cla=0x80)
    def get_status(self, command: Command) -> Reply:
        """GET STATUS: P1 is the subset, P2 the format; 6310 if more entries follow."""
        self.needs_host()
        p1, form = command.p1, command.p2 & ~_NEXT
        if p1 not in (OF_DOMAIN, OF_APPLICATIONS, OF_LOAD_FILES, OF_MODULES):
            return SW.INCORRECT_P1_P2
        if form not in (0, _AS_TLV):
            return SW.INCORRECT_P1_P2
        if not command.p2 & _NEXT:
            self.progress.listed = (p1, self._list(command, in_tlv=form == _AS_TLV))
        of, entries = self.progress.listed
        if of != p1 or not entries:
            missing = command.p2 & _NEXT
            return SW.CONDITIONS_NOT_SATISFIED if missing else SW.REFERENCED_DATA_NOT_FOUND
        return self._page(p1, entries)

    def _page(self, p1: int, entries: list[bytes]) -> Response:
        page, entries = entries[0], entries[1:]
        while entries and len(page) + len(entries[0]) <= _ROOM:
            page, entries = page + entries[0], entries[1:]
        self.progress.listed = (p1, entries)
        return Response(page, MORE if entries else SW.OK)

    def _list(self, command: Command, *, in_tlv: bool) -> list[bytes]:
        """Encode the entries whose AID begins with the search criterion."""
        try:
            search = {item.tag: item.value for item in parse_all(command.data)}
        except ValueError:
            raise SW.WRONG_DATA from None
        if AID not in search:
            raise SW.WRONG_DATA
        found = [
            fields
            for fields in self._entries(command.p1)
            if fields[0].value.startswith(search[AID])
        ]
        if not in_tlv:
            return [_legacy(fields, with_modules=command.p1 == OF_MODULES) for fields in found]
        wanted = _tags(search.get(TAG_LIST, b""))
        return [_entry(fields, wanted) for fields in found]

    def _entries(self, p1: int) -> Iterator[Fields]:
        if p1 == OF_DOMAIN:
            state = int(self.registry.card_state)
            yield _fields(self.own_aid, state, Tlv(PRIVILEGES, self.privileges))
        elif p1 == OF_APPLICATIONS:
            yield from map(self._application, (aid for aid, _ in self.applications()))
        else:
            for file in self.registry.load_files():
                yield self._load_file(file, with_modules=p1 == OF_MODULES)

    def _application(self, aid: bytes) -> Fields:
        one = self.registry.instance(aid)
        privileges = bytes(3) if one is None else one.privileges.ljust(3, b"\0")
        file = [] if one is None else [Tlv(LOAD_FILE, one.load_file)]
        more = (Tlv(PRIVILEGES, privileges), *file, Tlv(DOMAIN, self.own_aid))
        return _fields(aid, self.registry.state(aid), *more)

    def _load_file(self, file: LoadFile, *, with_modules: bool) -> Fields:
        modules = [Tlv(MODULE, aid) for aid in file.modules] if with_modules else []
        version = Tlv(LOAD_FILE_VERSION, file.version)
        return _fields(file.aid, LOADED, version, *modules, Tlv(DOMAIN, self.own_aid))

    @handles(ins=SET_STATUS, cla=0x80)
    def set_status(self, command: Command) -> Reply:
        """SET STATUS: P1 80 the card, 40 an application; P2 is the new state."""
        self.needs_host()
        if command.p1 == OF_DOMAIN:
            return self._set_card_state(command.p2)
        if command.p1 != OF_APPLICATIONS:
            return SW.INCORRECT_P1_P2
        if command.data not in dict(self.applications()):
            return SW.REFERENCED_DATA_NOT_FOUND
        return self._set_state(command.data, command.p2)

    def _set_card_state(self, wanted: int) -> Reply:
        if wanted not in tuple(CardState):
            return SW.WRONG_DATA
        before, state = self.registry.card_state, CardState(wanted)
        needed = PRIVILEGE_FOR.get(state, 0) | PRIVILEGE_FOR.get(before, 0)
        if state not in NEXT_CARD_STATES[before] or needed & ~self.privileges[0]:
            return SW.CONDITIONS_NOT_SATISFIED
        self.registry.card_state = state
        return None

    def _set_state(self, aid: bytes, wanted: int) -> Reply:
        """Lock or unlock an application, or set a state of its own, which never goes back."""
        state = self.registry.state(aid)
        if wanted & LOCK_BIT:
            self.registry.set_state(aid, state | LOCK_BIT)
        elif state & LOCK_BIT:
            self.registry.set_state(aid, state & ~LOCK_BIT)
        elif wanted & SELECTABLE == SELECTABLE and wanted >= state:
            self.registry.set_state(aid, wanted)
        else:
            return SW.CONDITIONS_NOT_SATISFIED
        return None


def _fields(aid: bytes, state: int, *more: Tlv) -> Fields:
    return [Tlv(AID, aid), Tlv(LIFE_CYCLE, bytes((state,))), *more]


def _entry(fields: Fields, wanted: set[int]) -> bytes:
    chosen = [one for one in fields if not wanted or one.tag in wanted]
    return tlv(REGISTRY_ENTRY, *chosen)


def _tags(raw: bytes) -> set[int]:
    """The tags of a tag list: one byte each, or more if its low five bits are set."""
    tags, at = set(), 0
    while at < len(raw):
        size = 2 if raw[at] & 0x1F == 0x1F else 1
        tags.add(int.from_bytes(raw[at : at + size], "big"))
        at += size
    return tags


def _legacy(fields: Fields, *, with_modules: bool) -> bytes:
    """An entry without tags: AID, state, first byte of the privileges, modules."""
    found = {one.tag: one.value for one in fields}
    aid = found[AID]
    raw = bytes((len(aid),)) + aid + found[LIFE_CYCLE] + found.get(PRIVILEGES, b"\0")[:1]
    if with_modules:
        modules = [one.value for one in fields if one.tag == MODULE]
        raw += bytes((len(modules),))
        raw += b"".join(bytes((len(one),)) + one for one in modules)
    return raw
