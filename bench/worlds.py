"""The worlds under test: our endpoint, the null handler, and Debian's vpcd with a small vpicc."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from ifd_bridge import endpoint
from ifd_bridge.cards.vpcd import ForeignSlot
from ifd_bridge.cards.vpcd.vpicc import Vpicc
from ifd_bridge.ifdh.api import Code, Function, Presence
from ifd_bridge.ifdh.frames import MAX_CALL, Line, pack_answer, pack_movement, unpack_call
from ifd_bridge.pcscd.bundle import extension
from ifd_bridge.pcscd.daemon import Pcscd, ReaderConf
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from vcard import SW, Applet, Card, handles
from vcard.atr.atr import Atr
from vcard.contact import Contact

HERE = Path(__file__).parent
ATR = bytes.fromhex("3B80800101")
VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so.0.8")
NEWEST_VPCD = Path(os.environ.get("VCARD_BENCH_VPCD", ""))
"""libifdvpcd.so of a newer release, built by hand from vsmartcard's source."""


class Bench(Applet):
    """Selected by default; INS 00 accepts anything, INS 02 computes until `spinning` is cleared."""

    aid = bytes.fromhex("F07663617264BE")

    def __init__(self) -> None:
        self.spinning = threading.Event()
        self.begun = threading.Event()

    @handles(ins=0x00)
    def take(self, _command: object) -> None:
        """Answer 9000."""

    @handles(ins=0x02)
    def spin(self, _command: object) -> SW:
        """Compute without a pause."""
        self.begun.set()
        number = 0
        while self.spinning.is_set():
            number += 1
        return SW.OK


def build(place: Path) -> tuple[Path, Path]:
    """Compile the null handler and the client; return their paths."""
    command = ["pkg-config", "--cflags", "--libs", "libpcsclite"]
    flags = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    handler, client = place / "null.so", place / "client"
    warnings = ["-O2", "-Wall", "-Wextra", "-Werror"]
    null = [*warnings, "-shared", "-fPIC", str(HERE / "null_handler.c"), "-o", str(handler)]
    subprocess.run(["cc", *null, *flags], check=True)
    subprocess.run(["cc", *warnings, str(HERE / "client.c"), "-o", str(client), *flags], check=True)
    return handler, client


class World:
    """One subject: where its clients connect, and how its card moves."""

    def __init__(self, name: str, environ: dict[str, str], pids: Sequence[int] = ()) -> None:
        self.name = name
        self.environ = {**os.environ, **environ}
        self.pids = pids
        """The processes that serve it."""

    def move(self, *, present: bool) -> None:
        """Put the card in or take it out."""
        raise NotImplementedError


class Ours(World):
    """Our endpoint: the whole chain from the handler to the applet."""

    def __init__(self, name: str, environ: dict[str, str], reader: CcidReader, card: Card) -> None:
        super().__init__(name, environ)
        self.reader, self.card = reader, card

    def move(self, *, present: bool) -> None:
        """Put the card in or take it out."""
        if present:
            self.reader.insert(self.card)
        else:
            self.reader.eject()


class Null(World):
    """The null handler."""

    def __init__(self, environ: dict[str, str], pids: Sequence[int], fifo: int) -> None:
        super().__init__("null", environ, pids)
        self.fifo = fifo

    def move(self, *, present: bool) -> None:
        """Put the card in or take it out."""
        os.write(self.fifo, b"1" if present else b"0")


@contextmanager
def ours(driver: str = "bridge", name: str = "vcard") -> Iterator[Ours]:
    """Run our endpoint with the bench's card."""
    reader, card = _equipped(models.PLAIN, ATR)
    with endpoint(reader, driver=driver) as pcsc:
        yield Ours(name, pcsc.environ, reader, card)


def genuine() -> AbstractContextManager[Ours]:
    """Run the distribution's libccid on our reader."""
    return ours("libccid", "libccid")


@contextmanager
def at_level(level: ExchangeLevel, protocol: int) -> Iterator[World]:
    """Run our endpoint with a reader of this exchange level and a card of this protocol."""
    reader, _ = _equipped(models.at_level(models.PLAIN, level), Atr.build((protocol,)))
    with endpoint(reader) as pcsc:
        yield World(f"{level.name} T={protocol}", pcsc.environ)


def _equipped(model: models.Model, atr: bytes | Atr) -> tuple[CcidReader, Card]:
    """Make a reader with the bench's card in it; return both."""
    applet = Bench()
    card = Card(applet, atr=atr, default=applet)
    reader = CcidReader(model)
    reader.insert(card)
    return reader, card


@contextmanager
def private(confs: Sequence[ReaderConf], directory: Path) -> Iterator[Pcscd]:
    """Run a private pcscd with readers of another driver."""
    pcscd = Pcscd(directory, confs)
    pcscd.start()
    try:
        yield pcscd
    finally:
        pcscd.stop()


def _reached(pcscd: Pcscd) -> dict[str, str]:
    return {"PCSCLITE_CSOCK_NAME": str(pcscd.socket)}


@contextmanager
def null(handler: Path, readers: int = 1) -> Iterator[Null]:
    """Run the null handler in its own pcscd; the card of its first reader moves."""
    with tempfile.TemporaryDirectory(prefix="vcard-") as name:
        fifos = [Path(name) / f"fifo{number}" for number in range(readers)]
        for fifo in fifos:
            os.mkfifo(fifo)
        writer = os.open(fifos[0], os.O_RDWR)
        confs = [
            ReaderConf(f"null {number}", f"null:{fifo}", handler)
            for number, fifo in enumerate(fifos)
        ]
        with private(confs, Path(name)) as pcscd:
            assert pcscd.pid
            yield Null(_reached(pcscd), [pcscd.pid], writer)
        os.close(writer)


@contextmanager
def many(readers: int) -> Iterator[World]:
    """Run our endpoint with a number of readers, each with the bench's card."""
    equipped = [_equipped(models.PLAIN, ATR)[0] for _ in range(readers)]
    with endpoint(*equipped) as pcsc:
        yield World("vcard", pcsc.environ)


@contextmanager
def echo() -> Iterator[World]:
    """Run our handler with a loop that answers 9000 to everything: the minimum of one hop."""
    with tempfile.TemporaryDirectory(prefix="vcard-") as name:
        path, library = Path(name) / "ifd.sock", Path(name) / "handler.so"
        library.symlink_to(extension("handler"))
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
            listener.bind(str(path))
            listener.listen()
            threading.Thread(target=_answer_all, args=(listener,), daemon=True).start()
            with private([ReaderConf("echo", f"vcard:{path}:0", library)], Path(name)) as pcscd:
                yield World("echo loop", _reached(pcscd))


def _answer_all(listener: socket.socket) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_echo, args=(connection,), daemon=True).start()


def _echo(connection: socket.socket) -> None:
    """Serve a calls connection: one slot, and for every function the answer that it expects."""
    answers = {
        Function.POWER_ICC: ATR,
        Function.TRANSMIT_TO_ICC: b"\x90\0",
    }
    raw, given, *_ = socket.recv_fds(connection, MAX_CALL, 1)
    sequence = unpack_call(raw, len(raw))[0]
    if not given:  # the one for movements
        connection.send(pack_movement(Presence(present=True, removals=0), sequence))
        connection.recv(1)
        return
    connection.send(pack_answer(sequence, Code.SUCCESS, b"\1\1"))
    line = Line(connection, given)
    call = line.take()
    while call is not None:
        sequence, function, _, _data = call
        call = line.hop(sequence, Code.SUCCESS, answers.get(Function(function), b""))


@contextmanager
def vpcd(
    contact: Contact | None = None, driver: Path = VPCD, called: str = "vpcd"
) -> Iterator[World]:
    """Run a vpcd (Debian's) with a card, by default the smallest that speaks its protocol."""
    with tempfile.TemporaryDirectory(prefix="vcard-") as name:
        library = Path(name) / "vpcd.so"  # its own directory is hidden in the namespace
        shutil.copy(driver, library)
        port = _free_port()
        conf = ReaderConf("vpcd", f"/dev/null:{port:#x}", library)
        with private([conf], Path(name)) as pcscd:
            card = threading.Thread(target=_vpicc, args=(port, contact), daemon=True)
            card.start()
            yield World(called, _reached(pcscd))


@contextmanager
def foreign() -> Iterator[World]:
    """Run the same small card in our reader."""
    slot, reader = ForeignSlot(port=0), CcidReader(models.PLAIN)
    slot.attach(reader)
    card = threading.Thread(target=_vpicc, args=(slot.port,), daemon=True)
    card.start()
    with endpoint(reader) as pcsc:
        yield World("vpicc", pcsc.environ)
        slot.close()


def _vpicc(port: int, contact: Contact | None = None) -> None:
    """Serve vpicc messages: a 16-bit length and data; a single byte is a control code, 4 requests
    the ATR.

    As simple as the card that comes with vpcd, delays included.
    """
    card = None if contact is None else Vpicc(contact)
    connection = _connected(port)
    with connection, connection.makefile("rb") as incoming:
        while len(head := incoming.read(2)) == 2:
            data = incoming.read(int.from_bytes(head, "big"))
            if card is not None:
                answer = card.answer(data)
            else:
                answer = {1: ATR if data == b"\4" else b""}.get(len(data), b"\x90\0")
            if answer:
                connection.sendall(len(answer).to_bytes(2, "big") + answer)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _connected(port: int) -> socket.socket:
    while True:  # until vpcd listens
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            threading.Event().wait(0.01)
