"""What is measured: our endpoint, the null handler, and Debian's vpcd with a small vpicc."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from ifd_bridge import endpoint
from ifd_bridge.cards.vpcd import ForeignSlot
from ifd_bridge.cards.vpcd.vpicc import Vpicc
from ifd_bridge.pcscd.daemon import Pcscd, ReaderConf
from readers import CcidReader, models
from readers.ccid.descriptor import ExchangeLevel
from vcard import SW, Applet, Card, handles
from vcard.atr.atr import Atr
from vcard.contact import Contact

HERE = Path(__file__).parent
ATR = bytes.fromhex("3B80800101")
VPCD = Path("/usr/lib/pcsc/drivers/serial/libifdvpcd.so.0.8")


class Bench(Applet):
    """Selected from the start; 00 takes anything, 02 computes until `spinning` is cleared."""

    aid = bytes.fromhex("F07663617264BE")

    def __init__(self) -> None:
        self.spinning = threading.Event()
        self.begun = threading.Event()

    @handles(ins=0x00)
    def take(self, _command: object) -> None:
        """9000."""

    @handles(ins=0x02)
    def spin(self, _command: object) -> SW:
        """Compute without a pause."""
        self.begun.set()
        number = 0
        while self.spinning.is_set():
            number += 1
        return SW.OK


def build(place: Path) -> tuple[Path, Path]:
    """Compile the null handler and the client; their paths."""
    command = ["pkg-config", "--cflags", "--libs", "libpcsclite"]
    flags = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    handler, client = place / "null.so", place / "client"
    warnings = ["-O2", "-Wall", "-Wextra", "-Werror"]
    null = [*warnings, "-shared", "-fPIC", str(HERE / "null_handler.c"), "-o", str(handler)]
    subprocess.run(["cc", *null, *flags], check=True)
    subprocess.run(["cc", *warnings, str(HERE / "client.c"), "-o", str(client), *flags], check=True)
    return handler, client


class World:
    """One thing to measure: where its clients connect, and how its card is moved."""

    def __init__(self, name: str, environ: dict[str, str]) -> None:
        self.name = name
        self.environ = {**os.environ, **environ}

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

    def __init__(self, environ: dict[str, str], fifo: int) -> None:
        super().__init__("null", environ)
        self.fifo = fifo

    def move(self, *, present: bool) -> None:
        """Put the card in or take it out."""
        os.write(self.fifo, b"1" if present else b"0")


@contextmanager
def ours(driver: str = "bridge", name: str = "vcard") -> Iterator[Ours]:
    """An endpoint of ours with the bench's card."""
    reader, card = _equipped(models.PLAIN, ATR)
    with endpoint(reader, driver=driver) as pcsc:
        yield Ours(name, pcsc.environ, reader, card)


def genuine() -> AbstractContextManager[Ours]:
    """The distribution's own libccid on our reader."""
    return ours("libccid", "libccid")


@contextmanager
def at_level(level: ExchangeLevel, protocol: int) -> Iterator[World]:
    """Our endpoint with a reader of this exchange level and a card of this protocol."""
    reader, _ = _equipped(models.at_level(models.PLAIN, level), Atr.build((protocol,)))
    with endpoint(reader) as pcsc:
        yield World(f"{level.name} T={protocol}", pcsc.environ)


def _equipped(model: models.Model, atr: bytes | Atr) -> tuple[CcidReader, Card]:
    """A reader with the bench's card in it, and that card."""
    applet = Bench()
    card = Card(applet, atr=atr, default=applet)
    reader = CcidReader(model)
    reader.insert(card)
    return reader, card


@contextmanager
def private(conf: ReaderConf, directory: Path) -> Iterator[dict[str, str]]:
    """A private pcscd with one reader of another make."""
    pcscd = Pcscd(directory, [conf])
    pcscd.start()
    try:
        yield {"PCSCLITE_CSOCK_NAME": str(pcscd.socket)}
    finally:
        pcscd.stop()


@contextmanager
def null(handler: Path) -> Iterator[Null]:
    """The null handler in a pcscd of its own."""
    with tempfile.TemporaryDirectory(prefix="vcard-") as name:
        fifo = Path(name) / "fifo"
        os.mkfifo(fifo)
        writer = os.open(fifo, os.O_RDWR)
        with private(ReaderConf("null", f"null:{fifo}", handler), Path(name)) as environ:
            yield Null(environ, writer)
        os.close(writer)


@contextmanager
def vpcd(contact: Contact | None = None) -> Iterator[World]:
    """Debian's vpcd with a card, or with the smallest one that speaks its protocol."""
    with tempfile.TemporaryDirectory(prefix="vcard-") as name:
        library = Path(name) / "vpcd.so"  # its own directory is hidden in the namespace
        shutil.copy(VPCD, library)
        port = _free_port()
        conf = ReaderConf("vpcd", f"/dev/null:{port:#x}", library)
        with private(conf, Path(name)) as environ:
            card = threading.Thread(target=_vpicc, args=(port, contact), daemon=True)
            card.start()
            yield World("vpcd", environ)


@contextmanager
def foreign() -> Iterator[World]:
    """The same small card in our reader."""
    slot, reader = ForeignSlot(port=0), CcidReader(models.PLAIN)
    slot.attach(reader)
    card = threading.Thread(target=_vpicc, args=(slot.port,), daemon=True)
    card.start()
    with endpoint(reader) as pcsc:
        yield World("vpicc", pcsc.environ)
        slot.close()


def _vpicc(port: int, contact: Contact | None = None) -> None:
    """Messages are a 16-bit length and data; one byte is a control code, 4 asks for the ATR.

    As plain as the card that comes with vpcd: nothing is done about its delays.
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
