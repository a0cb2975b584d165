"""INSTALL, LOAD and DELETE.

Spec: GlobalPlatform Card Specification 2.3.1, 11.2 (DELETE), 11.5 (INSTALL), 11.6 (LOAD).
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles
from vcard.tlv import parse_all

from .codes import (
    AID,
    DELETE,
    INSTALL,
    INSTALLED,
    KEY_ID,
    KEY_VERSION,
    LOAD,
    SELECTABLE,
    CardState,
)
from .data_commands import DataCommands, Personalised
from .key_commands import KeyCommands
from .manager import length_values
from .packages import read_load_file
from .registry import Instance

FOR_LOAD, FOR_INSTALL, MAKE_SELECTABLE, EXTRADITION, PERSONALIZATION = 0x02, 0x04, 0x08, 0x10, 0x20
_LAST_BLOCK, _LOAD_LIMIT = 0x80, 65535
_WITH_RELATED, _LAST_KEYS = 0x80, 0x01
CONFIRMED = b"\0"
"""An empty confirmation: there are no receipts."""


class ContentCommands(KeyCommands, DataCommands):
    """The commands that change the card's content."""

    def needs_management(self) -> None:
        """Raise 6982 without an authenticated host, 6A81 while the card is locked."""
        self.needs_host()
        if self.registry.card_state is CardState.LOCKED:
            raise SW.FUNCTION_NOT_SUPPORTED

    @handles(ins=INSTALL, cla=0x80)
    def install(self, command: Command) -> Reply:
        """INSTALL: P1 names the purpose."""
        self.needs_management()
        work = {
            FOR_LOAD: self._for_load,
            FOR_INSTALL: self._for_install,
            FOR_INSTALL | MAKE_SELECTABLE: self._for_install,
            MAKE_SELECTABLE: self._make_selectable,
            EXTRADITION: self._extradite,
            PERSONALIZATION: self._for_personalization,
        }.get(command.p1)
        if work is None or command.p2:
            return SW.INCORRECT_P1_P2
        return work(command)

    def _for_load(self, command: Command) -> Reply:
        if not self.loadable:
            return SW.FUNCTION_NOT_SUPPORTED
        aid, domain, *_ = length_values(command.data, 5)
        if not 5 <= len(aid) <= 16 or self._is_taken(aid):
            return SW.WRONG_DATA
        if domain not in (b"", self.own_aid):
            return SW.REFERENCED_DATA_NOT_FOUND
        progress = self.progress
        progress.loading, progress.block, progress.loaded = aid, 0, b""
        return CONFIRMED

    def _is_taken(self, aid: bytes) -> bool:
        names = {name for applet in self.card.applets for name in applet.aids}
        return aid in names or self.registry.load_file(aid) is not None

    @handles(ins=LOAD, cla=0x80)
    def load(self, command: Command) -> Reply:
        """LOAD: P2 counts the blocks, the last one has P1 80. 6A80 for foreign code."""
        self.needs_management()
        progress = self.progress
        if progress.loading is None:
            return SW.CONDITIONS_NOT_SATISFIED
        last = command.p1 == _LAST_BLOCK
        if command.p1 not in (0, _LAST_BLOCK) or command.p2 != progress.block & 0xFF:
            progress.loading = None
            return SW.INCORRECT_P1_P2
        progress.block += 1
        progress.loaded += command.data
        if len(progress.loaded) > _LOAD_LIMIT:
            progress.loading = None
            return SW.NOT_ENOUGH_MEMORY
        return self._loaded() if last else None

    def _loaded(self) -> Reply:
        progress = self.progress
        aid, raw, progress.loading, progress.loaded = progress.loading, progress.loaded, None, b""
        try:
            file = read_load_file(raw, self.loadable)
        except ValueError:
            return SW.WRONG_DATA
        if file.aid != aid:
            return SW.WRONG_DATA
        self.registry.add_load_file(file)
        return CONFIRMED

    def _for_install(self, command: Command) -> Reply:
        package, module, aid, privileges, *_ = length_values(command.data, 6)
        file = self.registry.load_file(package)
        if file is None or module not in file.modules:
            return SW.REFERENCED_DATA_NOT_FOUND
        aid = aid or module
        if not 5 <= len(aid) <= 16 or len(privileges) not in (1, 3) or self._is_taken(aid):
            return SW.WRONG_DATA
        one = Instance(aid, package, module, privileges)
        self.registry.add_instance(one)
        self.registry.set_state(aid, SELECTABLE if command.p1 & MAKE_SELECTABLE else INSTALLED)
        try:
            self.make(one)
        except ValueError:  # the applet has more names, and one of them is taken
            raise SW.WRONG_DATA from None
        return CONFIRMED

    def _make_selectable(self, command: Command) -> Reply:
        aid = length_values(command.data, 6)[2]
        if aid not in dict(self.applications()):
            return SW.REFERENCED_DATA_NOT_FOUND
        if self.registry.state(aid) != INSTALLED:
            return SW.CONDITIONS_NOT_SATISFIED
        self.registry.set_state(aid, SELECTABLE)
        return CONFIRMED

    def _extradite(self, command: Command) -> Reply:
        """Accept an extradition to this domain, the only one; 6A88 for another."""
        domain, _, aid, *_ = length_values(command.data, 6)
        if aid not in dict(self.applications()) or domain != self.own_aid:
            return SW.REFERENCED_DATA_NOT_FOUND
        return CONFIRMED

    def _for_personalization(self, command: Command) -> Reply:
        aid = length_values(command.data, 6)[2]
        target = self.application(aid)
        if target is None:
            return SW.REFERENCED_DATA_NOT_FOUND
        if not isinstance(target, Personalised):
            return SW.CONDITIONS_NOT_SATISFIED
        self.progress.target, self.progress.stored_blocks = aid, 0
        return CONFIRMED

    @handles(ins=DELETE, cla=0x80)
    def delete(self, command: Command) -> Reply:
        """DELETE: a package, an application, or keys. P2 80 deletes related objects as well."""
        self.needs_management()
        try:
            named = {item.tag: item.value for item in parse_all(command.data)}
        except ValueError:
            return SW.WRONG_DATA
        if AID in named:
            return self._delete_content(named[AID], related=bool(command.p2 & _WITH_RELATED))
        numbers = [_number(named.get(tag)) for tag in (KEY_ID, KEY_VERSION)]
        if numbers == [None, None]:
            return SW.WRONG_DATA
        self.delete_keys(numbers[0], numbers[1], last=bool(command.p2 & _LAST_KEYS))
        return CONFIRMED

    def _delete_content(self, aid: bytes, *, related: bool) -> Reply:
        if self.registry.load_file(aid) is not None:
            made = [one.aid for one in self.registry.instances() if one.load_file == aid]
            if made and not related:
                return SW.CONDITIONS_NOT_SATISFIED
        elif self.registry.instance(aid) is not None:
            made = [aid]
        else:
            built_in = self._is_taken(aid)
            return SW.CONDITIONS_NOT_SATISFIED if built_in else SW.REFERENCED_DATA_NOT_FOUND
        for one in {*made, aid}:
            self.registry.forget(one)
            self.remove(one)
        return CONFIRMED


def _number(value: bytes | None) -> int | None:
    """A key identifier or version of one byte; None if it is absent."""
    if value is None:
        return None
    if len(value) != 1:
        raise SW.WRONG_DATA
    return value[0]
