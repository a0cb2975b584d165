"""A card's non-volatile memory in a file: a Store on SQLite; one commit is one transaction.

SQLite's journal guarantees what a card promises: after a crash at any point the file holds the
state before or after a commit. Application id and user version identify the file and its format.
The header is read before SQLite sees the file: a foreign, newer or damaged file is refused and left
unchanged, not even opened. Each value has a checksum, since SQLite does not notice a changed byte
within one. One process at a time may open the file.

Spec: https://www.sqlite.org/fileformat.html, 1.3 (application id, user version).
"""

from __future__ import annotations

import os
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgpack  # type: ignore[import-untyped] # it has no types

from vcard.memory import Changes, Deleted, Value

from ..system.closing import Closing

APPLICATION_ID = 0x76636172  # "vcar"
FORMAT = 2
"""Format 1 had no checksums; such a file is converted when it is opened."""
_MAGIC = b"SQLite format 3\0"


class StoreError(ValueError):
    """The file cannot be used as a card's memory; it was left unchanged."""


class FileStore(Closing):
    """Keeps values in `path`, which is made (mode 0600) if it does not exist.

    StoreError if the file is not a card's memory, of a newer format, damaged, or
    open elsewhere. `commit` raises OSError if the values could not be kept.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        _check_header(path)
        self._db: sqlite3.Connection | None = None
        with self._explained():
            self._db = _open(path)
            self._prepare(self._db)

    def load(self) -> dict[str, Value]:
        """Everything committed so far. StoreError if the file is damaged."""
        with self._explained():
            rows = self._open_db.execute("SELECT name, value, sum FROM memory").fetchall()
            for name, value, kept in rows:
                if kept != checksum(name, value):
                    raise StoreError(f"{self.path} is damaged: {name} has a wrong checksum")
            return {name: unpack(value) for name, value, _ in rows}

    def commit(self, changes: Changes) -> None:
        """Keep all of `changes` or none of them; OSError if that is impossible."""
        kept = [_row(n, pack(v)) for n, v in changes.items() if not isinstance(v, Deleted)]
        gone = [(n,) for n, v in changes.items() if isinstance(v, Deleted)]
        try:
            with self._open_db as db:
                db.execute("BEGIN")
                db.executemany(
                    "INSERT OR REPLACE INTO memory (name, value, sum) VALUES (?, ?, ?)", kept
                )
                db.executemany("DELETE FROM memory WHERE name = ?", gone)
        except sqlite3.Error as fault:
            raise OSError(f"cannot write the card's memory {self.path}: {fault}") from fault

    def close(self) -> None:
        """Release the file to other processes. Harmless a second time."""
        if self._db is not None:
            self._db.close()
        self._db = None

    @property
    def _open_db(self) -> sqlite3.Connection:
        if self._db is None:
            raise RuntimeError(f"the card's memory {self.path} is closed")
        return self._db

    def _prepare(self, db: sqlite3.Connection) -> None:
        """Take the lock, make the table in a new file, and look at the whole of an old one."""
        db.execute("PRAGMA locking_mode = EXCLUSIVE")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("BEGIN EXCLUSIVE")
        if db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
            db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            db.execute(f"PRAGMA user_version = {FORMAT}")
            db.execute(
                "CREATE TABLE memory (name TEXT PRIMARY KEY, value BLOB, sum INTEGER) WITHOUT ROWID"
            )
        elif db.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise StoreError(f"{self.path} is damaged")
        elif db.execute("PRAGMA user_version").fetchone() == (1,):
            _add_checksums(db)
        self.load()
        db.execute("COMMIT")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Turn SQLite's faults into ours; a store that could not be opened is closed again."""
        try:
            yield
        except StoreError:
            self.close()
            raise
        except sqlite3.Error as fault:
            self.close()
            if getattr(fault, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
                raise StoreError(f"{self.path} is open in another process") from fault
            raise StoreError(f"{self.path} is damaged or cannot be read: {fault}") from fault
        except ValueError as fault:
            self.close()
            raise StoreError(f"{self.path} is damaged: {fault}") from fault


def checksum(name: str, packed: bytes) -> int:
    """CRC-32 of a name and its value, as they are in the file; ValueError for what are no such."""
    if not isinstance(name, str) or not isinstance(packed, bytes):
        raise ValueError(f"{name!r} has a value of a wrong type")  # noqa: TRY004 - a damaged file
    return zlib.crc32(packed, zlib.crc32(name.encode("utf-8", "surrogatepass")))


def _row(name: str, packed: bytes) -> tuple[str, bytes, int]:
    return name, packed, checksum(name, packed)


def _add_checksums(db: sqlite3.Connection) -> None:
    """Make a file of format 1 one of format 2."""
    rows = db.execute("SELECT name, value FROM memory").fetchall()
    db.execute("ALTER TABLE memory ADD COLUMN sum INTEGER")
    sums = [(checksum(name, value), name) for name, value in rows]
    db.executemany("UPDATE memory SET sum = ? WHERE name = ?", sums)
    db.execute(f"PRAGMA user_version = {FORMAT}")


def pack(value: Value) -> bytes:
    """A value as MessagePack. ValueError for a number beyond 64 bits."""
    try:
        packed: bytes = msgpack.packb(value)
    except (OverflowError, TypeError) as fault:
        raise ValueError(f"{value!r} cannot be kept in a card's memory: {fault}") from fault
    return packed


def unpack(packed: bytes) -> Value:
    """A value from MessagePack, arrays as tuples. ValueError if it is malformed."""
    try:
        value: Value = msgpack.unpackb(packed, use_list=False)
    except (msgpack.UnpackException, TypeError) as fault:
        raise ValueError(f"not a value: {fault or type(fault).__name__}") from fault
    return value


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, stat.S_IRUSR | stat.S_IWUSR))
    return sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)


def _check_header(path: Path) -> None:
    """Read the first 100 bytes ourselves, so that a foreign file is not even opened by SQLite."""
    try:
        if not (path.is_file() or path.is_dir()) and path.exists():
            raise StoreError(f"{path} is not a file that can be a card's memory")
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return
    except OSError as fault:
        raise StoreError(f"{path} cannot be read: {fault.strerror}") from fault
    if not header:
        return
    version, application = (int.from_bytes(header[n : n + 4], "big") for n in (60, 68))
    if len(header) < 100 or not header.startswith(_MAGIC) or application != APPLICATION_ID:
        raise StoreError(f"{path} is not a card's memory")
    if version > FORMAT:
        raise StoreError(f"{path} has format {version}; this version knows {FORMAT}: upgrade vcard")
