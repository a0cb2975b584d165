"""Where a channel is in its port's file system, and how SELECT and STATUS move and tell it.

Spec: ETSI TS 102 221, 8.4 (selection), 11.1.1 (SELECT), 11.1.2 (STATUS).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from vcard import SW, Command, Reply, handles

from .files import CURRENT_ADF, MF, File, Kind, Path
from .filesystem import FileSystem
from .platform import Platform

NO_RESPONSE = 0x0C


@dataclass(slots=True)
class Place:
    """Where a channel is: current DF and EF, ADF, record, BER-TLV objects half read or written."""

    files: FileSystem
    df: Path = (MF,)
    ef: File | None = None
    adf: Path | None = None
    record: int = 0
    rest: bytes = field(default=b"", repr=False)
    written: bytes = field(default=b"", repr=False)

    def enter(self, file: File) -> None:
        """Make a file the current one."""
        self.record, self.rest, self.written = 0, b"", b""
        if file.kind is not Kind.DF:
            self.ef, self.df = file, file.path[:-1]
            return
        self.ef, self.df = None, file.path
        if file.aid:
            self.adf = file.path


class Navigator(Platform):
    """What every command for files begins with: the place of the channel."""

    def new_session(self) -> Place:
        """Every selection starts in the MF."""
        return Place(self.card.files(self.channel.port))

    def inherited_session(self, opener: object) -> Place:
        """A channel opened from another than the basic one starts in that one's DF and ADF.

        Spec: ETSI TS 102 221, 8.7 and 11.1.17; no EF is current.
        """
        assert isinstance(opener, Place)
        return Place(opener.files, df=opener.df, adf=opener.adf)

    @property
    def place(self) -> Place:
        """Where the channel is."""
        place = self.session
        assert isinstance(place, Place)
        return place

    @property
    def files(self) -> FileSystem:
        """The port's file system."""
        return self.place.files

    def selected(self, command: Command, aid: bytes) -> Reply:
        """SELECT by AID: the ADF."""
        adf = next(one for one in self.files.tree.adfs if one.aid == aid)
        self.place.enter(adf)
        return self.template(adf)

    @handles(ins=0xA4, cla=0x00)
    def select(self, command: Command) -> Reply:
        """SELECT by identifier (P1 00, 01), parent (03) or path (08, 09)."""
        file = self._chosen(command.p1, command.data)
        if file is None:
            return SW.FILE_NOT_FOUND
        self.place.enter(file)
        if command.p2 & NO_RESPONSE == NO_RESPONSE:
            return None
        return self.template(file)

    def template(self, file: File) -> bytes:
        """The FCP of a file."""
        return file.fcp(self.files.pin_status() if file.kind is Kind.DF else b"")

    def _chosen(self, how: int, data: bytes) -> File | None:
        place, tree = self.place, self.files.tree
        if how == 0x03:
            return tree.by_path.get(place.df[:-1])
        if len(data) % 2 or (not data and how != 0x00):
            raise SW.WRONG_LENGTH
        fids = tuple(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2))
        if how in (0x08, 0x09):
            start = (MF,) if how == 0x08 else place.df
            return tree.by_path.get(self._absolute(start, fids))
        if how not in (0x00, 0x01):
            raise SW.INCORRECT_P1_P2
        if len(fids) > 1:
            raise SW.WRONG_LENGTH
        return self.near(fids[0] if fids else MF)

    def _absolute(self, start: Path, fids: Path) -> Path:
        if fids[0] == CURRENT_ADF and self.place.adf is not None:
            return (*self.place.adf, *fids[1:])
        return fids if fids[0] == MF else (*start, *fids)

    def near(self, fid: int) -> File | None:
        """A file by identifier: MF, ADF, child, sibling DF, parent or the DF itself."""
        place, tree = self.place, self.files.tree
        if fid == MF:
            return tree.by_path.get((MF,))
        if fid == CURRENT_ADF:
            return None if place.adf is None else tree.by_path.get(place.adf)
        child = tree.child(place.df, fid)
        if child is not None:
            return child
        sibling = tree.child(place.df[:-1], fid)
        if sibling is not None and sibling.kind is Kind.DF:
            return sibling
        above = (path for path in (place.df[:-1], place.df) if path and path[-1] == fid)
        return next((tree.by_path[path] for path in above), None)

    @handles(ins=0xF2, cla=0x80)
    def status(self, command: Command) -> Reply:
        """STATUS: FCP of the current DF (P2 00), its AID (01) or nothing (0C)."""
        file = self.files.tree.by_path[self.place.df]
        if command.p2 == NO_RESPONSE:
            return None
        if command.p2 == 0x01:
            adf = None if self.place.adf is None else self.files.tree.by_path[self.place.adf]
            return bytes((0x84, len(adf.aid))) + adf.aid if adf else SW.CONDITIONS_NOT_SATISFIED
        return self.template(file) if command.p2 == 0 else SW.INCORRECT_P1_P2
