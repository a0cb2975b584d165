"""The position of a channel in a file system, and SELECT, which changes it.

Spec: ISO/IEC 7816-4, 7.3 (file selection), 11.2.2 (SELECT).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vcard import SW, Applet, Command, Reply, Response, handles

from .contents import Contents
from .fcp import fcp
from .tree import MF, File, Kind, Life, Path

BY_ID, CHILD_DF, CHILD_EF, PARENT, PATH_FROM_MF, PATH_FROM_DF = 0x00, 0x01, 0x02, 0x03, 0x08, 0x09
NO_RESPONSE = 0x0C
SELECTED_FILE_TERMINATED = SW(0x6285)


@dataclass(slots=True)
class Place:
    """The position of a channel: current DF, EF, ADF and record (0: none)."""

    files: Contents
    df: Path = (MF,)
    ef: File | None = None
    adf: Path | None = None
    record: int = 0

    def enter(self, file: File) -> None:
        """Make a file the current one."""
        self.record = 0
        if file.kind is not Kind.DF:
            self.ef, self.df = file, file.path[:-1]
            return
        self.ef, self.df = None, file.path
        if file.aid:
            self.adf = file.path


class Navigator(Applet, ABC):
    """An application that consists of files. A subclass implements `files_on`."""

    selections = frozenset({BY_ID, CHILD_DF, CHILD_EF, PARENT, PATH_FROM_MF, PATH_FROM_DF})
    """The values of P1 that SELECT accepts besides 04 (by AID), which the card handles."""

    @abstractmethod
    def files_on(self, port: int) -> Contents:
        """Return the file system on a port."""

    @property
    def aids(self) -> Iterable[bytes]:
        """No AIDs: `aids_on` derives them from the files, and ports may differ."""
        return ()

    def aids_on(self, port: int) -> Iterator[bytes]:
        """The AIDs of the ADFs."""
        return (adf.aid for adf in self.files_on(port).tree.adfs)

    def new_session(self) -> Place:
        """Start in the MF."""
        return Place(self.files_on(self.channel.port))

    @property
    def place(self) -> Place:
        """The position of the channel."""
        place: Place = self.session
        return place

    @property
    def files(self) -> Contents:
        """The file system that the channel sees."""
        return self.place.files

    def selected(self, command: Command, aid: bytes) -> Reply:  # noqa: ARG002 - as Applet declares it
        """SELECT by AID: the ADF."""
        adf = next(one for one in self.files.tree.adfs if one.aid == aid)
        self.place.enter(adf)
        return self.template(adf)

    @handles(ins=0xA4, cla=0x00)
    def select(self, command: Command) -> Reply:
        """SELECT by identifier (P1 00, 01, 02), parent (03) or path (08, 09)."""
        file = self.chosen(command.p1, command.data)
        if file is None:
            return SW.FILE_NOT_FOUND
        self.place.enter(file)
        word = SW.OK
        if self.files.life(file) is Life.TERMINATED:
            word = SELECTED_FILE_TERMINATED
        if command.p2 & NO_RESPONSE == NO_RESPONSE:
            return word
        return Response(self.template(file), word)

    def template(self, file: File) -> bytes:
        """The response data of SELECT: the FCP."""
        return fcp(file, life=self.files.life(file))

    @property
    def current_df(self) -> File:
        """The current DF; its parent if another channel deleted it."""
        tree, place = self.files.tree, self.place
        while place.df not in tree.by_path:
            place.df = place.df[:-1]
        return tree.by_path[place.df]

    def chosen(self, how: int, data: bytes) -> File | None:
        """Find the file that P1 and the data of SELECT name, or None; raises 6700 or 6A86."""
        place, tree = self.place, self.files.tree
        if how == PARENT:
            return tree.by_path.get(place.df[:-1])
        if len(data) % 2 or (not data and how != BY_ID):
            raise SW.WRONG_LENGTH
        fids = tuple(int.from_bytes(data[i : i + 2], "big") for i in range(0, len(data), 2))
        if how not in self.selections:
            raise SW.INCORRECT_P1_P2
        if how in (PATH_FROM_MF, PATH_FROM_DF):
            start = (MF,) if how == PATH_FROM_MF else place.df
            return tree.by_path.get(self.absolute(start, fids))
        if len(fids) > 1:
            raise SW.WRONG_LENGTH
        if how == CHILD_EF:
            child = tree.child(place.df, fids[0])
            return None if child is None or child.kind is Kind.DF else child
        return self.near(fids[0] if fids else MF)

    def absolute(self, start: Path, fids: Path) -> Path:
        """Return the whole path of identifiers in a command, relative to a DF."""
        return fids if fids[0] == MF else (*start, *fids)

    def near(self, fid: int) -> File | None:
        """Find a file by identifier: MF, child, sibling DF, parent or the DF itself."""
        place, tree = self.place, self.files.tree
        if fid == MF:
            return tree.by_path.get((MF,))
        child = tree.child(place.df, fid)
        if child is not None:
            return child
        sibling = tree.child(place.df[:-1], fid)
        if sibling is not None and sibling.kind is Kind.DF:
            return sibling
        above = (path for path in (place.df[:-1], place.df) if path and path[-1] == fid)
        return next((tree.by_path[path] for path in above if path in tree.by_path), None)
