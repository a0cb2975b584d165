"""Reader models as they are named in one line of text: `--reader SOURCE?key=value&...`.

    pinpad                             a model by name
    plain?name=Yubico YubiKey OTP+FIDO+CCID&vendor_id=0x1050
    pinpad?pinpad.min_digits=6&quirks=ppdu,checks-atr
    descriptor:GemPCTwin.txt           a public description: reader list, lsusb -v, capture
    descriptor:all.txt?id=04e6:5116    one device of several; nth=2, interface=1 choose further
    reader.toml                        a file as `vcard models --describe NAME` writes it
    my_readers.py:PINPAD               a Model, or a function that returns one

Keys are the fields of readers.models.Model, with a dot those of its parts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from readers import models as known_models
from readers.models import Model
from readers.models.own import OWN_MODELS

from ..spec import Options, Spec, SpecError

DEFAULT_MODEL = "plain"
DESCRIPTOR = "descriptor:"
MOST_FILES = 16
"""The number of TOML files that may be based on one another."""


def usual_model(cards: Sequence[str]) -> str:
    """The default model of a reader with these cards: a token's own reader, else DEFAULT_MODEL."""
    from ..cards.opening import reader_of  # most cards are imported by who opens them

    return (reader_of(cards[0]) if cards else "") or DEFAULT_MODEL


def model(text: str) -> Model:
    """The one model that the text names; SpecError if it names none or several."""
    found = models(text)
    if len(found) > 1:
        raise SpecError(f"{text!r} describes {len(found)} readers: choose one by interface=0")
    return found[0]


def models(text: str) -> list[Model]:
    """The models that the text names: one, or those of a device's interfaces; SpecError."""
    spec = Spec.parse(text)
    options = dict(spec.options)
    made = _source(spec.source, options)
    if options:
        from .model_text import changed  # for models that are not taken as they are
    for key, value in options.items():
        made = [changed(one, key, value, key) for one in made]
    return made


def _source(source: str, options: Options) -> list[Model]:
    if source in OWN_MODELS:
        return [OWN_MODELS[source]]
    if source in known_models.MODELS:  # which are imported for a reader that is not ours
        return [known_models.MODELS[source]]
    for belongs, read in _SOURCES:
        if belongs(source):
            return read(source, options)
    from ..system.reading import is_file

    if is_file(source):
        raise SpecError(f"{source} is a file: {DESCRIPTOR}{source} reads a description")
    names = ", ".join(sorted(known_models.MODELS))
    raise SpecError(
        f"no reader model is named {source!r}; there are {names}, descriptor:FILE, FILE.toml and"
        " FILE.py:NAME"
    )


def _described(source: str, options: Options) -> list[Model]:
    from readers.description import parse  # each source is imported when it is named
    from readers.description.fields import DescriptionError

    path = source.removeprefix(DESCRIPTOR)
    chosen = options.pop("id", None)
    nth, interface = _number(options, "nth"), _number(options, "interface")
    try:
        device = parse.device(read_file(path), chosen, nth)
        found = device.models()
        numbers = [one.number for one in device.interfaces]
        if interface is None:
            return found
        if interface not in numbers:
            there = ", ".join(str(number) for number in numbers)
            raise DescriptionError(f"no interface {interface}; there are {there}")
        return [found[numbers.index(interface)]]
    except ValueError as error:
        raise SpecError(f"{path}: {error}") from error


def _number(options: Options, name: str) -> int | None:
    """Take an option that is a number; None if it is not there."""
    text = options.pop(name, None)
    try:
        return None if text is None else int(text)
    except ValueError as error:
        raise SpecError(f"{name} is a number, not {text!r}") from error


def _toml(source: str, _options: Options) -> list[Model]:
    return [_based(source, MOST_FILES)]


def _based(source: str, left: int) -> Model:
    """The model of a TOML file, which may be based on another one, `left` times at most."""
    if not left:
        raise SpecError(f"{source}: more than {MOST_FILES} files, each based on the next")
    from .model_text import from_toml

    def base(text: str) -> Model:
        return _based(text, left - 1) if text.endswith(".toml") else model(text)

    try:
        return from_toml(read_file(source).decode(), base)
    except SpecError as error:
        raise error if left < MOST_FILES else SpecError(f"{source}: {error}") from error
    except ValueError as error:
        raise SpecError(f"{source}: {error}") from error


def _python(source: str, _options: Options) -> list[Model]:
    path, _, name = source.rpartition(":")
    found = _attribute(Path(path).expanduser(), name)
    made = found() if callable(found) else found
    if not isinstance(made, Model):
        raise SpecError(f"{source} is a {type(made).__name__}, no readers.models.Model")
    return [made]


def _attribute(path: Path, name: str) -> Any:
    from ..system.python_file import load

    try:
        module = load(path)
    except FileNotFoundError as error:
        raise SpecError(f"{path} is no Python file") from error
    except Exception as error:  # any exception of a user's file is reported as that file's fault
        raise SpecError(f"{path}: {type(error).__name__}: {error}") from error
    if not hasattr(module, name):
        raise SpecError(f"{path} has no {name!r}")
    return getattr(module, name)


def read_file(path: str) -> bytes:
    """A file of at most 16 MiB; SpecError says why it cannot be read."""
    from ..system.reading import read_bytes

    try:
        return read_bytes(path)
    except ValueError as error:
        raise SpecError(str(error)) from error


_SOURCES: tuple[tuple[Callable[[str], bool], Callable[[str, Options], list[Model]]], ...] = (
    (lambda source: source.startswith(DESCRIPTOR), _described),
    (lambda source: source.endswith(".toml"), _toml),
    (lambda source: ".py:" in source, _python),
)
"""The reader of a source that is not the name of a model."""
