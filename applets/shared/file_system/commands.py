"""The commands for files: read, update and search, activate and deactivate.

Spec: ISO/IEC 7816-4, 11.3 (data units: READ, UPDATE BINARY), 11.4 (records: READ, UPDATE, SEARCH
RECORD), 11.2.1 (short identifiers); ISO/IEC 7816-9 (ACTIVATE and DEACTIVATE FILE).
"""

from __future__ import annotations

from vcard import SW, Command, Reply, handles

from .access_rules import Mode
from .navigation import PATH_FROM_DF, PATH_FROM_MF, Navigator
from .searching import Search
from .tree import File, Kind, Life


class FileCommands(Navigator):
    """An application with commands that read and change its files."""

    def current(self, sfi: int, kinds: tuple[Kind, ...], mode: Mode) -> File:
        """Return the EF that a command acts on, selected by SFI if given, after checking access.

        Raises 6A82 for an unknown SFI, 6981 for a file of another kind, and what `require` raises.
        """
        if sfi:
            found = self.files.tree.by_sfi(self.place.df, sfi)
            if found is None:
                raise SW.FILE_NOT_FOUND
            self.place.enter(found)
        file = self._current_ef()
        if file.kind not in kinds:
            raise SW.INCOMPATIBLE_FILE_STRUCTURE
        self.files.require(file, mode)
        return file

    def _current_ef(self) -> File:
        """The current EF as it is now; raises 6986 if there is none, or if it was deleted."""
        ef = self.place.ef
        file = None if ef is None else self.files.tree.by_path.get(ef.path)
        if file is None:
            raise SW.NO_CURRENT_EF
        return file

    def _transparent(self, command: Command, mode: Mode) -> tuple[File, int]:
        if command.p1 & 0x80:
            file = self.current(command.p1 & 0x1F, (Kind.TRANSPARENT,), mode)
            return file, command.p2
        return self.current(0, (Kind.TRANSPARENT,), mode), command.p1p2

    @handles(ins=0xB0, cla=0x00)
    def read_binary(self, command: Command) -> Reply:
        """READ BINARY: 6B00 beyond the end, 6Cxx if fewer bytes are left than Le requests."""
        file, offset = self._transparent(command, Mode.READ)
        content = self.files.content(file)
        if offset > len(content):
            return SW.WRONG_P1_P2
        return _exactly(content[offset:], command, whole=False)

    @handles(ins=0xD6, cla=0x00)
    def update_binary(self, command: Command) -> Reply:
        """UPDATE BINARY: 6700 beyond the end of the file."""
        file, offset = self._transparent(command, Mode.UPDATE)
        content, data = self.files.content(file), command.data
        if offset > len(content):
            return SW.WRONG_P1_P2
        if not data or offset + len(data) > len(content):
            return SW.WRONG_LENGTH
        self.files.write(file, content[:offset] + data + content[offset + len(data) :])
        return None

    @handles(ins=0xB2, cla=0x00)
    def read_record(self, command: Command) -> Reply:
        """READ RECORD: absolute (P2 4), next (2) or previous (3)."""
        file = self.current(command.p2 >> 3, (Kind.LINEAR, Kind.CYCLIC), Mode.READ)
        number = self._record(file, command.p1, command.p2 & 7)
        return _exactly(self.record_of(file, number), command, whole=True)

    @handles(ins=0xDC, cla=0x00)
    def update_record(self, command: Command) -> Reply:
        """UPDATE RECORD; in a cyclic file only the oldest record, which becomes the newest."""
        file = self.current(command.p2 >> 3, (Kind.LINEAR, Kind.CYCLIC), Mode.UPDATE)
        if len(command.data) != file.record:
            return SW.WRONG_LENGTH
        if file.kind is Kind.CYCLIC:
            if command.p2 & 7 != 3 or command.p1:
                return SW.INCORRECT_P1_P2
            self.append(file, command.data)
            return None
        number = self._record(file, command.p1, command.p2 & 7)
        content, start = self.files.content(file), (number - 1) * file.record
        self.files.write(file, content[:start] + command.data + content[start + file.record :])
        return None

    @handles(ins=0xA2, cla=0x00)
    def search_record(self, command: Command) -> Reply:
        """SEARCH RECORD, simple (P2 4 forwards, 5 backwards) or enhanced (6); 6A83 without a match.

        The specification has 6282 for that as well; cards answer 6A83.
        """
        file = self.current(command.p2 >> 3, (Kind.LINEAR, Kind.CYCLIC), Mode.READ)
        search = Search.parse(command)
        start = command.p1 or self.place.record
        numbers = search.numbers(start, file.records, absolute=bool(command.p1))
        found = bytes(n for n in numbers if search.matches(self.record_of(file, n)))
        if found:
            self.place.record = found[0]
        return found or SW.RECORD_NOT_FOUND

    def _record(self, file: File, number: int, mode: int) -> int:
        """The number of the record that P1 and P2 name; 6A83 if there is none."""
        place, last = self.place, file.records
        if mode == 2:
            place.record = place.record + 1
        elif mode == 3:
            place.record = place.record - 1 if place.record else last
        elif mode != 4:
            raise SW.INCORRECT_P1_P2
        elif number:
            if number > last:
                raise SW.RECORD_NOT_FOUND
            return number
        if not 1 <= place.record <= last:
            place.record = min(max(place.record, 0), last)
            raise SW.RECORD_NOT_FOUND
        return place.record

    def record_of(self, file: File, number: int) -> bytes:
        """The contents of a record, counted from 1."""
        start = (number - 1) * file.record
        return self.files.content(file)[start : start + file.record]

    def append(self, file: File, newest: bytes) -> None:
        """Write the newest record of a cyclic file, replacing the oldest."""
        self.files.write(file, newest + self.files.content(file)[: -file.record])
        self.place.record = 1

    @handles(ins=0x04, cla=0x00)
    def deactivate_file(self, command: Command) -> Reply:
        """DEACTIVATE FILE, the current EF or the one that the data name (see `named`)."""
        return self._set_life(command, Mode.DEACTIVATE, Life.DEACTIVATED)

    @handles(ins=0x44, cla=0x00)
    def activate_file(self, command: Command) -> Reply:
        """ACTIVATE FILE, the current EF or the one that the data name (see `named`)."""
        return self._set_life(command, Mode.ACTIVATE, Life.ACTIVATED)

    def _set_life(self, command: Command, mode: Mode, life: Life) -> Reply:
        file = self.named(command)
        self.files.require(file, mode)
        self.files.set_life(file, life)
        return None

    def named(self, command: Command) -> File:
        """Find the file that a command names, and make it the current one.

        Without data it is the current EF, or the current DF if there is none. P1 says how the data
        name it: 00 by identifier in the current DF, 08 by path from the MF, 09 by path from the
        current DF. Raises 6A82 if there is no such file.
        Spec: ETSI TS 102 222, 6.5 to 6.9; ISO/IEC 7816-9, 6.
        """
        data, tree = command.data, self.files.tree
        if not data:
            here = self.place.df if self.place.ef is None else self.place.ef.path
            found = tree.by_path.get(here)
        elif command.p1 in (PATH_FROM_MF, PATH_FROM_DF):
            found = self.chosen(command.p1, data)
        elif command.p1:
            raise SW.INCORRECT_P1_P2
        elif len(data) != 2:
            raise SW.WRONG_LENGTH
        else:
            fid = int.from_bytes(data, "big")
            own = tree.by_path.get(self.place.df) if self.place.df[-1] == fid else None
            found = tree.child(self.place.df, fid) or own
        if found is None:
            raise SW.FILE_NOT_FOUND
        self.place.enter(found)
        return found


def _exactly(data: bytes, command: Command, *, whole: bool) -> bytes | SW:
    """Return Le bytes; 6Cxx if there are not as many. No Le, or 00, means all."""
    le = command.le
    if le is None or le >= 256:
        return data
    if le > len(data) or (whole and le != len(data)):
        return SW.exact_length(len(data)) if data else SW.WRONG_P1_P2
    return data[:le]
