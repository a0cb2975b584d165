"""Options of cards: text from a SPEC, read, checked and documented in one place.

A card declares its options as data, and reads the value of each:

    TRIES = number("tries", "wrong PINs until the card blocks", default=3, low=1, high=15)
    TRIES.of(options)       3, or what the user wrote; ValueError names the option and the range

This module reads no files. An option that names one brings a function that reads it, with a `Disk`
that the caller lends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from vcard.atr.values import T0, T1
from vcard.touch import Touch

T = TypeVar("T")
Options = Mapping[str, str]


class Disk(Protocol):
    """Files and the environment, lent by a caller that may use them.

    ValueError names the path and the error.
    """

    def text(self, path: str) -> str:
        """Read a text file."""

    def content(self, path: str) -> bytes:
        """Read a binary file."""

    def exists(self, path: str) -> bool:
        """Whether there is such a file."""

    def create(self, path: str, content: bytes, *, private: bool = False) -> None:
        """Write a file that must not exist, and its folders; `private` to its owner alone."""

    def variable(self, name: str) -> str:
        """Return the value of an environment variable; "" if it is not set."""


FileReader = Callable[[str, Disk], Options]
"""Turns the value of an option into the options that replace it."""


@dataclass(frozen=True, slots=True)
class Option(Generic[T]):
    """One option of a card. `parse` raises ValueError for text that is not `allowed`.

    `shown` is the default as a user would write it, None if it can only be had by leaving the
    option out. `path` says that the value is a path, or with `several` paths separated by commas:
    in a TOML file they are relative to that file.
    """

    name: str
    help: str
    type: str
    default: T
    parse: Callable[[str], T] = field(repr=False)
    allowed: str = ""
    shown: str | None = None
    example: str = ""
    path: bool = False
    several: bool = False
    read: FileReader | None = None

    def of(self, options: Options) -> T:
        """Return the value; ValueError names the option and the allowed values."""
        if self.name not in options:
            return self.default
        text = options[self.name]
        try:
            return self.parse(text)
        except ValueError:
            raise ValueError(f"{self.name} is {self.allowed}, not {text!r}") from None

    def given(self, options: Options) -> bool:
        """Whether the user named the option."""
        return self.name in options

    def described(self) -> dict[str, str | None]:
        """Describe the option for a list of cards, as text."""
        return {
            "name": self.name,
            "type": self.type,
            "allowed": self.allowed,
            "default": self.shown,
            "help": self.help,
            "example": self.example,
        }


# The types of options


def text(name: str, meaning: str, default: str = "", *, example: str = "") -> Option[str]:
    """Any text; its user checks it."""
    return Option(name, meaning, "text", default, str, "any text", default, example)


def number(
    name: str,
    meaning: str,
    default: int,
    *,
    low: int = 0,
    high: int | None = None,
    example: str = "",
) -> Option[int]:
    """A decimal number from `low` to `high` (no limit if that is None)."""

    def parse(given: str) -> int:
        found = int(given) if given.isdecimal() else low - 1
        if found < low or (high is not None and found > high):
            raise ValueError(given)
        return found

    allowed = f"a number, {low} or more" if high is None else f"a number, {low}..{high}"
    example = example or f"{name}={default}"
    return Option(name, meaning, "number", default, parse, allowed, str(default), example)


def day(name: str, meaning: str, default: datetime) -> Option[datetime]:
    """A day, as midnight in UTC."""

    def parse(given: str) -> datetime:
        return datetime.strptime(given, "%Y-%m-%d").replace(tzinfo=UTC)

    shown = default.strftime("%Y-%m-%d")
    return Option(
        name, meaning, "day", default, parse, "a day (2024-12-31)", shown, f"{name}=2024-12-31"
    )


def switch(name: str, meaning: str) -> Option[bool]:
    """A switch: on if given, unless its value is no, 0, false or off."""

    def parse(given: str) -> bool:
        return given.lower() not in ("no", "0", "false", "off")

    return Option(name, meaning, "switch", False, parse, "yes or no", "no", name)  # noqa: FBT003 - its default


def choice(
    name: str,
    meaning: str,
    choices: Mapping[str, T],
    default: T,
    *,
    example: str = "",
) -> Option[T]:
    """A choice of names, in any case; `-` and `_` do not count."""
    values = {_plain(key): value for key, value in choices.items()}

    def parse(given: str) -> T:
        if _plain(given) not in values:
            raise ValueError(given)
        return values[_plain(given)]

    names = list(choices)
    shown = next((key for key, value in choices.items() if value == default), None)
    allowed = f"one of {', '.join(names)}"
    example = example or f"{name}={names[-1]}"
    return Option(name, meaning, "choice", default, parse, allowed, shown, example)


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def hexadecimal(
    name: str,
    meaning: str,
    *,
    shortest: int = 0,
    longest: int | None = None,
    example: str = "",
) -> Option[bytes | None]:
    """Bytes in hexadecimal, spaces allowed; None if the option is missing."""

    def parse(given: str) -> bytes:
        found = bytes.fromhex(given)
        if len(found) < shortest or (longest is not None and len(found) > longest):
            raise ValueError(given)
        return found

    size = f"{shortest} or more" if longest is None else f"{shortest}..{longest}"
    allowed = f"{size} bytes in hexadecimal"
    return Option(name, meaning, "hexadecimal", None, parse, allowed, None, example)


# Options that many cards have


def _answer_to_reset(given: str) -> bytes:
    found = bytes.fromhex(given)
    if found and not 2 <= len(found) <= 33:
        raise ValueError(given)
    return found


ATR: Option[bytes | None] = Option(
    "atr",
    "the answer to reset; a card with an empty one does not answer",
    "hexadecimal",
    None,
    _answer_to_reset,
    "2..33 bytes in hexadecimal",
    None,
    "atr=3B00",
)
PROTOCOL: Option[tuple[int, ...] | None] = choice(
    "protocol",
    "the transmission protocols in the ATR",
    {"t0": (T0,), "t1": (T1,), "both": (T0, T1)},
    None,
    example="protocol=t0",
)


# All options of a card


def known_options(options: Options, known: Iterable[str], card: str) -> None:
    """Raise ValueError for an unknown option; the message lists the known ones."""
    names = sorted(known)
    for name in options:
        if name not in names:
            raise ValueError(f"the card {card!r} has no option {name!r}; it has {', '.join(names)}")


def from_file(option: Option[T], read: FileReader) -> Option[T]:
    """Return the option with the path of a file, which `read` reads."""
    return replace(option, type="file", path=True, read=read)


def from_files(option: Option[T], read: FileReader) -> Option[T]:
    """Return the option with paths of files, separated by commas, which `read` reads."""
    return replace(option, type="files", path=True, several=True, read=read)


def in_folder(option: Option[T], read: FileReader) -> Option[T]:
    """Return the option with a value that is a folder's path, which `read` reads."""
    return replace(option, type="folder", path=True, read=read)


def with_files(options: Options, known: Iterable[Option[Any]], disk: Disk) -> dict[str, str]:
    """Replace options that name files with the contents of the files; ignore an empty name."""
    found = dict(options)
    for option in known:
        if option.read is not None and option.name in found:
            value = found.pop(option.name)
            found |= option.read(value, disk) if value else {}
    return found


def _touch(given: str) -> Callable[[], Touch]:
    """Parse the option `touch`: each card gets its own user."""
    Touch.parse(given)
    return lambda: Touch.parse(given)


TOUCH: Option[Callable[[], Touch]] = Option(
    "touch",
    "the user's touch: at once, after some seconds, by `vcard touch`, never, or refused",
    "text",
    Touch,
    _touch,
    "auto, press, never, refuse or a number of seconds",
    "auto",
    "touch=press",
)
