"""The application for files: what SELECT, READ, UPDATE, VERIFY and AUTHENTICATE do.

Spec: ETSI TS 102 221, 8.4 (selection) and 11.1; 3GPP TS 31.102, 7.1 (AUTHENTICATE). The class of
2G is in applets.esim.gsm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from vcard import SW, Command, Reply, handles

from . import gsm, tlvfile
from .access import Mode
from .aka import Algorithm, sres_and_kc
from .files import CURRENT_ADF, MF, File, Kind, Path
from .filesystem import FileSystem
from .platform import Platform
from .usim import MacError, SqnError, answer

AUTHENTICATION_FAILED = SW(0x9862)
UST, GSM_ACCESS_SERVICE = 0x6F38, 27
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


class Uicc(Platform):
    """The file system that each port shows: that of its enabled profile, or an almost empty one."""

    classes = frozenset({0x00, 0x80, 0xA0})

    @property
    def aids(self) -> Iterable[bytes]:
        """None: which there are depends on the port."""
        return ()

    def aids_on(self, port: int) -> Iterator[bytes]:
        """The AIDs of the profile's applications."""
        return (adf.aid for adf in self.card.files(port).tree.adfs)

    def new_session(self) -> Place:
        """Every selection starts in the MF."""
        return Place(self.card.files(self.channel.port))

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

    def process(self, command: Command) -> Reply:
        """Commands of 2G's class have meanings of their own."""
        if command.cla == 0xA0:
            return gsm.process(self, command)
        return super().process(command)

    # Selection

    def selected(self, command: Command, aid: bytes) -> Reply:
        """SELECT by AID: the ADF."""
        adf = next((one for one in self.files.tree.adfs if one.aid == aid), None)
        if adf is None:
            return SW.FILE_NOT_FOUND
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

    # Files

    def current(self, sfi: int, kinds: tuple[Kind, ...], mode: Mode) -> File:
        """The EF that a command is about, selected by SFI if one is named; access is checked."""
        if sfi:
            found = self.files.tree.by_sfi(self.place.df, sfi)
            if found is None:
                raise SW.FILE_NOT_FOUND
            self.place.enter(found)
        file = self.place.ef
        if file is None:
            raise SW.NO_CURRENT_EF
        if file.kind not in kinds:
            raise SW.INCOMPATIBLE_FILE_STRUCTURE
        self.files.require(file, mode)
        return file

    def _transparent(self, command: Command, mode: Mode) -> tuple[File, int]:
        if command.p1 & 0x80:
            file = self.current(command.p1 & 0x1F, (Kind.TRANSPARENT,), mode)
            return file, command.p2
        return self.current(0, (Kind.TRANSPARENT,), mode), command.p1p2

    @handles(ins=0xB0, cla=0x00)
    def read_binary(self, command: Command) -> Reply:
        """READ BINARY: 6B00 beyond the end, 6Cxx where fewer bytes are there than Le says."""
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
        return _exactly(self._slice(file, number), command, whole=True)

    @handles(ins=0xDC, cla=0x00)
    def update_record(self, command: Command) -> Reply:
        """UPDATE RECORD; in a cyclic file only the oldest one, which becomes the newest."""
        file = self.current(command.p2 >> 3, (Kind.LINEAR, Kind.CYCLIC), Mode.UPDATE)
        if len(command.data) != file.record:
            return SW.WRONG_LENGTH
        if file.kind is Kind.CYCLIC:
            if command.p2 & 7 != 3 or command.p1:
                return SW.INCORRECT_P1_P2
            self._turn(file, command.data)
            return None
        number = self._record(file, command.p1, command.p2 & 7)
        content, start = self.files.content(file), (number - 1) * file.record
        self.files.write(file, content[:start] + command.data + content[start + file.record :])
        return None

    @handles(ins=0x32, cla=0x80)
    @handles(ins=0x32, cla=0x00)
    def increase(self, command: Command) -> Reply:
        """INCREASE: the newest record plus the data becomes the newest; 9850 at the top."""
        file = self.current(command.p1 & 0x1F, (Kind.CYCLIC,), Mode.INCREASE)
        total = int.from_bytes(self._slice(file, 1), "big") + int.from_bytes(command.data, "big")
        if total >= 1 << 8 * file.record:
            return SW(0x9850)
        value = total.to_bytes(file.record, "big")
        self._turn(file, value)
        return value + command.data

    @handles(ins=0xA2, cla=0x00)
    def search_record(self, command: Command) -> Reply:
        """SEARCH RECORD, the simple search forwards (P2 4) or backwards (5)."""
        file = self.current(command.p2 >> 3, (Kind.LINEAR, Kind.CYCLIC), Mode.READ)
        if command.p2 & 7 not in (4, 5):
            return SW.INCORRECT_P1_P2
        if not command.data:
            return SW.WRONG_LENGTH
        start = command.p1 or self.place.record or 1
        forwards = range(start, file.records + 1)
        numbers = forwards if command.p2 & 7 == 4 else range(min(start, file.records), 0, -1)
        found = bytes(n for n in numbers if command.data in self._slice(file, n))
        if found:
            self.place.record = found[0]
        return found or SW.REFERENCED_DATA_NOT_FOUND

    def _record(self, file: File, number: int, mode: int) -> int:
        """The number of the record that P1 and P2 mean; 6A83 if there is none."""
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

    def _slice(self, file: File, number: int) -> bytes:
        start = (number - 1) * file.record
        return self.files.content(file)[start : start + file.record]

    def _turn(self, file: File, newest: bytes) -> None:
        self.files.write(file, newest + self.files.content(file)[: -file.record])
        self.place.record = 1

    @handles(ins=0x04, cla=0x00)
    def deactivate_file(self, command: Command) -> Reply:
        """DEACTIVATE FILE, the current EF."""
        return self._activate(Mode.DEACTIVATE, active=False)

    @handles(ins=0x44, cla=0x00)
    def activate_file(self, command: Command) -> Reply:
        """ACTIVATE FILE, the current EF."""
        return self._activate(Mode.ACTIVATE, active=True)

    def _activate(self, mode: Mode, *, active: bool) -> Reply:
        self.files.activate(self.current(0, tuple(Kind)[:-1], mode), active=active)
        return None

    @handles(ins=0xCB, cla=0x80)
    def retrieve_data(self, command: Command) -> Reply:
        """RETRIEVE DATA, from a BER-TLV file."""
        return tlvfile.retrieve(self, command)

    @handles(ins=0xDB, cla=0x80)
    def set_data(self, command: Command) -> Reply:
        """SET DATA, in a BER-TLV file."""
        return tlvfile.put(self, command)

    # PINs

    @handles(ins=0x20, cla=0x00, p1=0)
    def verify(self, command: Command) -> Reply:
        """VERIFY PIN; without data it tells the tries that are left."""
        pin = self.files.pin(command.p2)
        if not command.data:
            return pin.pin.status if not pin.pin.verified else SW.tries_left(pin.pin.tries_left)
        self._verify(command.p2, _eight(command.data))
        return None

    def _verify(self, reference: int, value: bytes) -> None:
        pin = self.files.pin(reference)
        if not pin.enabled:
            raise SW.REFERENCE_DATA_NOT_USABLE
        pin.pin.verify(value)

    @handles(ins=0x24, cla=0x00, p1=0)
    def change_pin(self, command: Command) -> Reply:
        """CHANGE PIN: the old value and the new one."""
        data = _eight(command.data, 2)
        self._verify(command.p2, data[:8])
        self.files.pin(command.p2).pin.replace(data[8:])
        return None

    @handles(ins=0x26, cla=0x00, p1=0)
    def disable_pin(self, command: Command) -> Reply:
        """DISABLE PIN: conditions that name it are met from now on."""
        self._verify(command.p2, _eight(command.data))
        self.files.pin(command.p2).enabled = False
        return None

    @handles(ins=0x28, cla=0x00, p1=0)
    def enable_pin(self, command: Command) -> Reply:
        """ENABLE PIN."""
        pin = self.files.pin(command.p2)
        if pin.enabled:
            return SW.REFERENCE_DATA_NOT_USABLE
        pin.pin.verify(_eight(command.data))
        pin.enabled = True
        return None

    @handles(ins=0x2C, cla=0x00, p1=0)
    def unblock_pin(self, command: Command) -> Reply:
        """UNBLOCK PIN: the PUK and a new value; without data the tries of the PUK."""
        pin = self.files.pin(command.p2)
        if not command.data:
            return pin.puk.status if pin.puk else SW.REFERENCED_DATA_NOT_FOUND
        data = _eight(command.data, 2)
        pin.unblock(data[:8], data[8:])
        return None

    # Authentication

    @handles(ins=0x88, cla=0x00, p1=0, p2=0x81)
    def authenticate(self, command: Command) -> Reply:
        """AUTHENTICATE, 3G context: keys (DB), a resynchronisation (DC), or 9862."""
        rand, autn = _fields(command.data, 2)
        aka = self._subscription()
        try:
            keys, sequence = answer(aka, self.files.sequence, rand, autn)
        except MacError:
            return AUTHENTICATION_FAILED
        except SqnError as error:
            return b"\xdc" + _lv(error.auts)
        self.files.sequence = sequence
        reply = b"\xdb" + _lv(keys.res) + _lv(keys.ck) + _lv(keys.ik)
        return reply + _lv(sres_and_kc(keys)[1]) if self._gives_kc() else reply

    @handles(ins=0x88, cla=0x00, p1=0, p2=0x80)
    def authenticate_gsm(self, command: Command) -> Reply:
        """AUTHENTICATE, GSM context: SRES and Kc."""
        (rand,) = _fields(command.data, 1)
        sres, kc = sres_and_kc(self._subscription().f2345(rand))
        return _lv(sres) + _lv(kc)

    def _subscription(self) -> Algorithm:
        aka = self.files.profile.aka
        if aka is None or self.place.adf is None:
            raise SW.CONDITIONS_NOT_SATISFIED
        if 0x01 not in self.files.satisfied() and 0x01 in self.files.pins:
            raise SW.SECURITY_STATUS_NOT_SATISFIED
        return aka.make()

    def _gives_kc(self) -> bool:
        """Whether service 27 (GSM access) is in the USIM's service table."""
        table = self.files.tree.child(self.place.adf or (), UST)
        content = b"" if table is None else self.files.content(table)
        index = GSM_ACCESS_SERVICE - 1
        return len(content) > index // 8 and bool(content[index // 8] >> index % 8 & 1)


def _exactly(data: bytes, command: Command, *, whole: bool) -> bytes | SW:
    """As many bytes as Le says; 6Cxx if that does not fit. No Le, or 00, means all."""
    le = command.le
    if le is None or le >= 256:
        return data
    if le > len(data) or (whole and le != len(data)):
        return SW.exact_length(len(data)) if data else SW.WRONG_P1_P2
    return data[:le]


def _eight(data: bytes, count: int = 1) -> bytes:
    """PIN values come as 8 bytes each; 6700 otherwise."""
    if len(data) != 8 * count:
        raise SW.WRONG_LENGTH
    return data


def _fields(data: bytes, count: int) -> list[bytes]:
    """Fields of 16 bytes, each after its length; 6700 or 6A80 otherwise."""
    found = []
    for _ in range(count):
        if len(data) < 17 or data[0] != 16:
            raise SW.WRONG_LENGTH if len(data) < 17 else SW.WRONG_DATA
        found.append(data[1:17])
        data = data[17:]
    if data:
        raise SW.WRONG_LENGTH
    return found


def _lv(data: bytes) -> bytes:
    return bytes((len(data),)) + data
