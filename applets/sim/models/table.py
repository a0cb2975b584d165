"""The models, as data: their ATRs, and the files that hold keys."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from applets.shared.file_system.tree import MF, File, Kind, Path
from applets.sim.subscription import Subscription
from applets.sim.usim import Aka

from .key_files import NEW_SEQUENCE, key_content

SYSTEM = 0xA515
_ADMIN_ONLY = bytes.fromhex("5B1A1A1A1A1A")
"""An access rule in compact format: delete, deactivate, activate, update and read for ADM1."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model. `key` and `sequence` are files of each ADF; `key_2g` is a path under the MF.

    A `classic` one knows only the 2G class (A0).
    """

    name: str
    atr: bytes
    key: int = 0xAF20
    sequence: int = 0xAF30
    key_2g: Path = (SYSTEM, 0x6F20)
    key_size: int = 67
    key_2g_size: int = 33
    classic: bool = False


MODELS = {
    one.name: one
    for one in (
        Model("sja2", bytes.fromhex("3B9F96801F878031E073FE211B674A4C753034054BA9"), key_size=33),
        Model("gr1", bytes.fromhex("3B991800118822334455667760"), classic=True),
        Model("sja5", bytes.fromhex("3B9F96801F878031E073FE211B674A357530350265F8")),
    )
}


def on_model(one: Subscription, model: Model) -> Subscription:
    """Return a subscription with its keys in the model's files; existing files get new contents."""
    if model.classic:
        return one
    known = {file.path: file for file in one.files}
    for file in _key_files(one, model):
        there = known.get(file.path)
        if there is None:
            known[file.path] = file
        elif set(there.content) <= {0xFF}:  # unreadable in the dump
            known[file.path] = replace(there, content=file.content[: len(there.content)])
    return replace(one, files=tuple(known.values()))


def _key_files(one: Subscription, model: Model) -> Iterator[File]:
    if one.aka is None:
        return
    yield File((MF, SYSTEM), Kind.DF, compact=b"\0")
    yield _file((MF, *model.key_2g), key_content(one.aka, model.key_2g_size))
    for adf in one.tree.adfs:
        yield _file((*adf.path, model.key), key_content(_secrets(one, adf.path), model.key_size))
        yield _file((*adf.path, model.sequence), bytes(NEW_SEQUENCE))


def _secrets(one: Subscription, adf: Path) -> Aka:
    found = dict(one.others).get(adf, one.aka)
    assert found is not None
    return found


def _file(path: Path, content: bytes) -> File:
    return File(path, Kind.TRANSPARENT, content, compact=_ADMIN_ONLY)
