"""The administrative commands for files: CREATE, DELETE, RESIZE and TERMINATE.

Spec: ETSI TS 102 222, 6.3 (CREATE FILE), 6.4 (DELETE FILE), 6.7 to 6.9 (TERMINATE DF, EF, CARD
USAGE), 6.10 (RESIZE FILE); ACTIVATE and DEACTIVATE FILE are in applets.shared.file_system.
"""

from __future__ import annotations

from dataclasses import replace

from applets.shared.file_system.access_rules import Mode
from applets.shared.file_system.tree import MF, File, Kind, Life
from vcard import SW, Command, Reply, handles

from .arr import RESIZE
from .file_description import Description
from .selection import Selection

DF_NAME_EXISTS = SW(0x6A8A)
_LARGEST = 0xFFFF


class Administration(Selection):
    """The administrative commands for the files of a port."""

    def process(self, command: Command) -> Reply:
        """Answer a command; a terminated card accepts only SELECT, whose SW says so."""
        mf = self.files.tree.by_path.get((MF,))
        if mf is not None and self.files.life(mf) is Life.TERMINATED and command.ins != 0xA4:
            return SW.CONDITIONS_NOT_SATISFIED
        return super().process(command)

    @handles(ins=0xE0, cla=0x00)
    def create_file(self, command: Command) -> Reply:
        """CREATE FILE: the data are an FCP template; the new file becomes the current one.

        6A80 for a malformed template, 6A89 if the identifier exists, 6A8A if the DF name does, 6A84
        for more than 65535 bytes.
        """
        if command.p1 or command.p2:
            return SW.INCORRECT_P1_P2
        described = _described(command)
        parent = self.current_df
        file = described.made((*parent.path, described.fid))
        self.files.require(parent, Mode.CREATE_DF if file.kind is Kind.DF else Mode.CREATE_EF)
        if self.files.tree.child(parent.path, file.fid) is not None:
            return SW.FILE_ALREADY_EXISTS
        if file.sfi and self.files.tree.by_sfi(parent.path, file.sfi) is not None:
            return SW.WRONG_DATA
        if file.aid in {one.aid for one in self.files.tree.adfs}:
            return DF_NAME_EXISTS
        self.files.put(file)
        self.place.enter(file)
        return None

    @handles(ins=0xE4, cla=0x00)
    def delete_file(self, command: Command) -> Reply:
        """DELETE FILE: delete a file with all its contents; its DF becomes the current one."""
        file = self.named(command)
        self.files.require(file, Mode.DELETE)
        if file.fid == MF:
            return SW.CONDITIONS_NOT_SATISFIED
        self.files.remove(file)
        place = self.place
        place.enter(self.files.tree.by_path[file.path[:-1]])
        if place.adf is not None and place.adf not in self.files.tree.by_path:
            place.adf = None
        return None

    @handles(ins=0xE6, cla=0x00)
    def terminate_df(self, command: Command) -> Reply:
        """TERMINATE DF: irreversible; its files can only be deleted with it."""
        return self._terminate(command, elementary=False)

    @handles(ins=0xE8, cla=0x00)
    def terminate_ef(self, command: Command) -> Reply:
        """TERMINATE EF: irreversible; it can only be deleted."""
        return self._terminate(command, elementary=True)

    def _terminate(self, command: Command, *, elementary: bool) -> Reply:
        file = self.named(command)
        if (file.kind is not Kind.DF) is not elementary or file.fid == MF:
            return SW.INCOMPATIBLE_FILE_STRUCTURE
        self.files.require(file, Mode.TERMINATE)
        self.files.set_life(file, Life.TERMINATED)
        return None

    @handles(ins=0xFE, cla=0x00)
    def terminate_card_usage(self, command: Command) -> Reply:
        """TERMINATE CARD USAGE: irreversible; all commands except SELECT then answer 6985."""
        if command.p1 or command.p2:
            return SW.INCORRECT_P1_P2
        mf = self.files.tree.by_path[(MF,)]
        self.files.require(mf, Mode.TERMINATE)
        self.files.set_life(mf, Life.TERMINATED)
        return None

    @handles(ins=0xD4, cla=0x80)
    def resize_file(self, command: Command) -> Reply:
        """RESIZE FILE: the data are an FCP template with identifier and new size.

        New bytes are FF or the filling pattern; bytes are removed at the end.
        """
        if command.p1 > 1 or command.p2:
            return SW.INCORRECT_P1_P2
        described = _described(command, whole=False)
        file = self.files.tree.child(self.place.df, described.fid)
        if file is None:
            return SW.FILE_NOT_FOUND
        self.files.require(file, RESIZE)
        resized = _resized(file, described)
        if file.kind is not Kind.BER_TLV:
            old = self.files.content(file)[: described.size]
            self.files.write(resized, old + described.filling(described.size)[len(old) :])
        self.files.put(resized)
        self.place.enter(resized)
        return None


def _described(command: Command, *, whole: bool = True) -> Description:
    """Parse a template; raises 6A80 or 6A84."""
    try:
        described = Description.parse(command.data, whole=whole)
    except ValueError:
        raise SW.WRONG_DATA from None
    if described.size > _LARGEST or described.limit > _LARGEST:
        raise SW.NOT_ENOUGH_MEMORY
    return described


def _resized(file: File, described: Description) -> File:
    """Return the file with another size; raises 6A80 for an impossible size.

    An FCP from another card is dropped, since it contains the size.
    """
    size = described.size
    if file.kind is Kind.DF:
        raise SW.INCOMPATIBLE_FILE_STRUCTURE
    if file.kind is Kind.BER_TLV:
        limit = described.limit or size
        if not limit:
            raise SW.WRONG_DATA
        return replace(file, limit=limit, told=b"")
    if not size or (file.record and size % file.record):
        raise SW.WRONG_DATA
    content = file.content[:size].ljust(size, b"\xff")
    return replace(file, content=content, link=(), told=b"")
