"""Files named by options of a card's SPEC: its memory, a passphrase, files that the card declares.

Applets do no I/O: the contents of files are read here and passed to them. A card declares which of
its options name files, and how they are read (see applets.shared.card_kind).
"""

from __future__ import annotations

import os
from pathlib import Path

from applets import catalogue
from applets.shared.options import with_files
from vcard import Memory
from vcard.memory import StoredTypeError

from ..spec import Options, SpecError
from ..system.reading import read_bytes, read_text

STATE, PASSPHRASE_FILE, PASSPHRASE_ENV = "state", "passphrase-file", "passphrase-env"
MEMORY_OPTIONS = frozenset({STATE, PASSPHRASE_FILE, PASSPHRASE_ENV})


KIND = "card"
"""The name in a memory that says which kind of card it belongs to."""


def memory(options: Options, source: str) -> Memory | None:
    """Return the memory that the option `state` names, or None; removes its options.

    A new file belongs to the kind of card that `source` names, and is no other card's; wherever
    that card's own module is kept.

    A passphrase is the first line of a file or the value of an environment variable: other users
    could read it on the command line. SpecError says what is wrong.
    """
    try:
        return _kept(options, _kind(source))
    except (ValueError, StoredTypeError) as error:
        raise SpecError(str(error)) from error


def _kind(source: str) -> str:
    """`piv`, or `purse:card` for /cards/purse.py:card and for my.purse:card."""
    place, colon, name = source.partition(":")
    return f"{Path(place).name.removesuffix('.py').rpartition('.')[2]}{colon}{name}"


def _kept(options: Options, kind: str) -> Memory | None:
    path = options.pop(STATE, "")
    passphrase = _passphrase(options)
    if not path:
        if passphrase is not None:
            raise ValueError(f"a passphrase is for a memory in a file: name one, {STATE}=FILE")
        return None
    from .file_store import FileStore  # SQLite, for a card that keeps its memory
    from .sealed_store import opened

    store = FileStore(Path(path).expanduser())
    try:
        return _claimed(Memory(opened(store, passphrase)), kind, path)
    except BaseException:
        store.close()  # so that it can be opened with the right passphrase
        raise


def _claimed(found: Memory, kind: str, path: str) -> Memory:
    """The memory of this kind of card; ValueError if it is another's. Older files name none."""
    if not len(found):
        found[KIND] = kind
    owner = found.text(KIND, kind)
    if owner != kind:
        raise ValueError(f"{path} is the memory of a card {owner!r}, not of {kind!r}: name another")
    return found


def _passphrase(options: Options) -> str | None:
    file, variable = options.pop(PASSPHRASE_FILE, ""), options.pop(PASSPHRASE_ENV, "")
    found = None
    if variable:
        found = _Files().variable(variable)
    elif file:
        found = read_text(file).partition("\n")[0]
    if found == "":
        raise ValueError(f"no passphrase in {variable or file}")
    return found


def relative_to(folder: Path, source: str, options: Options) -> Options:
    """The options of a card with their relative paths taken from `folder`, as a TOML file has them.

    An empty value stays, which counts as none.
    """
    known = catalogue.kind(source).options if source in catalogue.CARDS else ()
    several = {STATE: False, PASSPHRASE_FILE: False}
    several |= {option.name: option.several for option in known if option.path}

    def placed(name: str, value: str) -> str:
        if name not in several or not value:
            return value
        each = value.split(",") if several[name] else [value]
        return ",".join(one if one.startswith("~") else str(folder / one) for one in each)

    return {name: placed(name, value) for name, value in options.items()}


def read_files(source: str, options: Options) -> Options:
    """The options of the built-in card `source` with what its files say in place of their names.

    ValueError says which file is missing or is not text.
    """
    return with_files(options, catalogue.kind(source).options, _Files())


class _Files:
    """The disk that a card's declaration uses (applets.shared.options.Disk)."""

    def text(self, path: str) -> str:
        return read_text(path)

    def content(self, path: str) -> bytes:
        return read_bytes(path)

    def variable(self, name: str) -> str:
        return os.environ.get(name, "")

    def exists(self, path: str) -> bool:
        return Path(path).expanduser().exists()

    def create(self, path: str, content: bytes, *, private: bool = False) -> None:
        place = Path(path).expanduser()
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            mode = 0o600 if private else 0o666
            with os.fdopen(
                os.open(place, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb"
            ) as file:
                file.write(content)
        except OSError as error:
            raise ValueError(f"{place.parent}: {error.strerror}") from error
