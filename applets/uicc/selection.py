"""SELECT and STATUS on a UICC: the current ADF as 7FFF, and a template with PINs.

Spec: ETSI TS 102 221, 8.3 and 8.4 (selection), 11.1.1 (SELECT), 11.1.2 (STATUS).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from applets.shared.file_system.commands import FileCommands
from applets.shared.file_system.navigation import (
    BY_ID,
    CHILD_DF,
    NO_RESPONSE,
    PARENT,
    PATH_FROM_DF,
    PATH_FROM_MF,
    Place,
)
from applets.shared.file_system.tree import File, Path
from vcard import SW, Command, Reply, handles, tlv

from .files import UiccFiles
from .platform import Platform

CURRENT_ADF = 0x7FFF
_AID_ONLY = 0x01


@dataclass(slots=True)
class UiccPlace(Place):
    """The position of a channel, with unfinished transfers of BER-TLV objects."""

    files: UiccFiles
    rest: bytes = field(default=b"", repr=False)
    written: bytes = field(default=b"", repr=False)

    def enter(self, file: File) -> None:
        """Make a file the current one, and drop unfinished transfers of another."""
        self.rest, self.written = b"", b""
        Place.enter(self, file)


class Selection(FileCommands, Platform):
    """The file system of each port, and the positions of its channels in it."""

    selections = frozenset({BY_ID, CHILD_DF, PARENT, PATH_FROM_MF, PATH_FROM_DF})

    def files_on(self, port: int) -> UiccFiles:
        """Return the files of a port."""
        return self.card.files(port)

    def new_session(self) -> UiccPlace:
        """Start in the MF."""
        return UiccPlace(self.files_on(self.channel.port))

    def inherited_session(self, opener: object) -> UiccPlace:
        """Start a channel, opened from a non-basic one, in the DF and ADF of its opener.

        No EF is current. Spec: ETSI TS 102 221, 8.7 and 11.1.17.
        """
        assert isinstance(opener, UiccPlace)
        return UiccPlace(opener.files, df=opener.df, adf=opener.adf)

    @property
    def place(self) -> UiccPlace:
        """The position of the channel."""
        place: UiccPlace = self.session
        return place

    @property
    def files(self) -> UiccFiles:
        """The file system that the channel sees."""
        return self.place.files

    def template(self, file: File) -> bytes:
        """Build the FCP template of a UICC."""
        return self.files.template(file)

    def absolute(self, start: Path, fids: Path) -> Path:
        """The whole path; 7FFF stands for the current ADF."""
        if fids[0] == CURRENT_ADF and self.place.adf is not None:
            return (*self.place.adf, *fids[1:])
        return super().absolute(start, fids)

    def near(self, fid: int) -> File | None:
        """Find a file by identifier; 7FFF is the current ADF."""
        if fid == CURRENT_ADF:
            adf = self.place.adf
            return None if adf is None else self.files.tree.by_path.get(adf)
        return super().near(fid)

    @handles(ins=0xF2, cla=0x80)
    def status(self, command: Command) -> Reply:
        """STATUS: FCP of the current DF (P2 00), AID of the current ADF (01) or nothing (0C)."""
        place = self.place
        if command.p2 == NO_RESPONSE:
            return None
        if command.p2 == _AID_ONLY:
            if place.adf is None or place.adf not in self.files.tree.by_path:
                return SW.CONDITIONS_NOT_SATISFIED
            return tlv(0x84, self.files.tree.by_path[place.adf].aid)
        return self.template(self.current_df) if command.p2 == 0 else SW.INCORRECT_P1_P2
