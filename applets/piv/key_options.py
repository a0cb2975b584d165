"""Options for the user's own keys, and for the policies of keys, slot by slot.

The declaration needs no `cryptography`: applets.piv.key_files parses the files.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from applets.shared.options import Disk, Option, from_file, from_files, text

from .codes import PinPolicy, Slot, TouchPolicy

P = TypeVar("P", PinPolicy, TouchPolicy)


@dataclass(frozen=True, slots=True)
class NamedFile:
    """The content of a file, and its name. The repr shows no secret."""

    name: str
    content: bytes = field(repr=False)


def _key(slot: Slot, meaning: str) -> Option[tuple[NamedFile, ...]]:
    name = f"key-{slot:02x}"

    def read(names: str, disk: Disk) -> dict[str, str]:
        return {name: ",".join(f"{disk.content(one).hex()}:{one}" for one in names.split(","))}

    def parse(given: str) -> tuple[NamedFile, ...]:
        parts = (one.partition(":") for one in given.split(","))
        return tuple(NamedFile(path, bytes.fromhex(content)) for content, _, path in parts)

    option: Option[tuple[NamedFile, ...]] = Option(
        name, meaning, "files", (), parse, "what its files say", example=f"{name}=alice.p12"
    )
    return from_files(option, read)


_MEANING = (
    "your own key for slot 9A, and its certificate if there is one: PEM, DER or PKCS #12, in one "
    "file or in several separated by commas"
)
KEYS: Mapping[Slot, Option[tuple[NamedFile, ...]]] = {
    slot: _key(slot, _MEANING if slot is Slot.AUTHENTICATION else f"the same for slot {slot:02X}")
    for slot in sorted(Slot, key=lambda slot: (slot < Slot.AUTHENTICATION, slot))
}
"""An option for each slot, the retired ones last."""

PASSPHRASE = text(
    "key-passphrase",
    "the passphrase itself, visible to other users of the machine in a command line",
)


def _first_line(name: str, disk: Disk) -> dict[str, str]:
    return _passphrase(disk.text(name).partition("\n")[0], name)


def _variable(name: str, disk: Disk) -> dict[str, str]:
    return _passphrase(disk.variable(name), name)


def _passphrase(found: str, source: str) -> dict[str, str]:
    if not found:
        raise ValueError(f"no passphrase in {source}")
    return {PASSPHRASE.name: found}


PASSPHRASE_FILE = from_file(
    text(
        "key-passphrase-file",
        "the file whose first line is the passphrase of these files",
        example="key-passphrase-file=secret.txt",
    ),
    _first_line,
)
PASSPHRASE_ENV: Option[str] = Option(
    "key-passphrase-env",
    "the environment variable with the passphrase of these files",
    "text",
    "",
    str,
    "the name of a variable",
    "",
    "key-passphrase-env=ALICE",
    read=_variable,
)


def _by_slot(name: str, meaning: str, policies: type[P], example: str) -> Option[Mapping[Slot, P]]:
    named = {one.name.lower(): one for one in policies if one.value}  # DEFAULT is leaving it out

    def pair(given: str) -> tuple[Slot, P]:
        slot, _, policy = given.partition(":")
        if policy not in named:
            raise ValueError(given)
        return Slot(int(slot, 16)), named[policy]

    def parse(given: str) -> Mapping[Slot, P]:
        return dict(pair(one.strip().lower()) for one in given.split(","))

    allowed = f"SLOT:POLICY, several separated by commas, a policy being one of {', '.join(named)}"
    return Option(name, meaning, "policies", {}, parse, allowed, None, f"{name}={example}")


PIN_POLICY = _by_slot(
    "pin-policy", "when keys want the PIN, other than their slots say", PinPolicy, "9a:always"
)
TOUCH_POLICY = _by_slot(
    "touch-policy", "which keys want a touch", TouchPolicy, "9a:cached,9c:always"
)

KEY_OPTIONS: tuple[Option[Any], ...] = (
    PIN_POLICY, TOUCH_POLICY, *KEYS.values(), PASSPHRASE_FILE, PASSPHRASE_ENV, PASSPHRASE,
)  # fmt: skip
