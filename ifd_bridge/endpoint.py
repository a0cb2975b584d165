"""Readers that every PC/SC program can reach: a server for them, and a private pcscd."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType

from readers.reader import CcidReader

from .cable import Cable
from .driver import Driver
from .ifd import Code
from .pcscd import Pcscd, PcscdError, ReaderConf
from .server import MAX_PATH, Served, Server

MAX_READERS = 16
"""PCSCLITE_MAX_READERS_CONTEXTS: what one pcscd can hold, slots counted."""

START_TIMEOUT_S = 10.0


def endpoint(
    *readers: CcidReader, directory: Path | None = None, verbose: bool = False
) -> Endpoint:
    """These readers behind a private pcscd, for the length of a `with` block.

    Their names are those of their models; `directory` is where the sockets go (default: the
    system's temporary directory), `verbose` makes pcscd's log complete. ValueError for a reader
    that cannot be named or set up; PcscdError, when entered, if no pcscd can run here.
    """
    named = [(reader.model.name, serve(reader)) for reader in readers]
    return Endpoint(named, directory=directory, verbose=verbose)


def serve(reader: CcidReader) -> Served:
    """A reader with its cable and driver, as the server wants it."""
    cable = Cable(reader, reader.model.slots)
    driver = Driver(cable, reader.model)
    if driver.opened is not Code.SUCCESS:
        raise ValueError(f"no host would take this {reader.model.name}: {driver.opened.name}")
    return Served(cable, driver.slots)


class Endpoint:
    """A private PC/SC world with these named readers; a context manager.

    Set `environ` for the programs that are to live in it (libpcsclite reads it once for each
    process). PcscdError if no pcscd can run here; ValueError for names that pcscd would refuse.
    """

    def __init__(
        self,
        readers: Sequence[tuple[str, Served]],
        *,
        directory: Path | None = None,
        verbose: bool = False,
    ) -> None:
        if sum(len(served.drivers) for _, served in readers) > MAX_READERS:
            raise ValueError(f"pcscd holds at most {MAX_READERS} readers, every slot counted")
        self._readers = tuple(readers)
        self._parent = directory
        self._verbose = verbose
        self._directory: Path | None = None
        self._server: Server | None = None
        self._pcscd: Pcscd | None = None

    @property
    def directory(self) -> Path:
        """Where the sockets and the log are; private to this user."""
        if self._directory is None:
            raise RuntimeError("the endpoint has not been entered")
        return self._directory

    @property
    def socket(self) -> Path:
        """The private pcscd's socket."""
        return self.directory / "pcscd.comm"

    @property
    def environ(self) -> dict[str, str]:
        """What a program's environment needs to find this pcscd."""
        return {"PCSCLITE_CSOCK_NAME": str(self.socket)}

    @property
    def pcscd(self) -> Pcscd:
        """The private pcscd; RuntimeError if there is none now."""
        if self._pcscd is None:
            raise RuntimeError("the endpoint has not been entered")
        return self._pcscd

    @property
    def log(self) -> str:
        """What pcscd has said; it is kept after the end."""
        return self._pcscd.log if self._pcscd else ""

    def __enter__(self) -> Endpoint:
        self._directory = _short_directory(self._parent)
        try:
            self._start(self._directory)
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End pcscd and the server and remove the directory. Harmless a second time."""
        if self._pcscd:
            self._pcscd.stop()
        if self._server:
            self._server.close()
        if self._directory:
            shutil.rmtree(self._directory, ignore_errors=True)
        self._directory = self._server = None

    def _start(self, directory: Path) -> None:
        bridge = directory / "ifd.sock"
        self._server = server = Server(bridge, [served for _, served in self._readers])
        server.start()
        library = directory / "handler.so"  # a name that reader.conf can hold
        library.symlink_to(handler())
        conf = [
            ReaderConf(name, f"vcard:{bridge}:{number}", library)
            for number, (name, _) in enumerate(self._readers)
        ]
        self._pcscd = pcscd = _Watched(directory, conf, server.wake, verbose=self._verbose)
        pcscd.start()
        if not server.wait_connected(START_TIMEOUT_S, lambda: not pcscd.running):
            raise PcscdError(f"pcscd has not begun its work; it said:\n{pcscd.log}")


class _Watched(Pcscd):
    def __init__(
        self,
        directory: Path,
        readers: Sequence[ReaderConf],
        wake: Callable[[], None],
        *,
        verbose: bool,
    ) -> None:
        super().__init__(directory, readers, verbose=verbose)
        self._wake = wake

    def ended(self) -> None:
        self._wake()


def handler() -> Path:
    """The compiled IFD handler; PcscdError if it has not been built."""
    found = find_spec("ifd_bridge.handler")
    if found is None or found.origin is None:
        raise PcscdError(
            "the IFD handler is not built: pip install . or python setup.py build_ext --inplace"
        )
    return Path(found.origin)


def _short_directory(parent: Path | None) -> Path:
    """A new private directory whose name a socket's path and reader.conf can hold."""
    room = MAX_PATH - len("/vcard-12345678/pcscd.comm")
    if parent is None:
        parent = Path(tempfile.gettempdir())
        if len(os.fsencode(parent)) > room or parent.is_relative_to("/run") or " " in str(parent):
            parent = Path("/tmp")  # noqa: S108 - the directory in it has a random name and mode 0700
    elif len(os.fsencode(parent)) > room:
        raise ValueError(f"a socket's path has at most {MAX_PATH} bytes: {parent}")
    return Path(tempfile.mkdtemp(prefix="vcard-", dir=parent))
