"""Cards named in one line of text: the SPEC of the command line.

    hello                          a built-in card
    hello?with=pin-dump            with options
    mycards.py:card                an object of a file, or of an importable module (my.cards:card)
    esim.toml                      a file with `card = "..."`, and its options as keys
    pin-dump?state=card.state      a card that keeps its memory in a file
    piv?demo                       an option without a value is a switch
    ports:esim?mep=a1              a card in several slots of a reader, one for each of its ports
    script:card.txt                what a scheme makes of the rest (see schemes.py)

An object may be a card, an applet, or a class or function that makes one; its parameters are the
options, and one named `memory` gets the card's memory. Files are read and imported here; how a card
answers is not known.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, cast

from applets import catalogue
from vcard import Applet, Card, Contact, Memory

from ..optional_packages import pip_install
from ..spec import Options, Spec, SpecError
from .attachment import Attachment
from .option_files import MEMORY_OPTIONS, memory, paths, read_files
from .port_slots import Ported, PortSlots
from .schemes import SCHEMES

Opened = Contact | Attachment


def open_card(text: str) -> Opened:
    """The card that a SPEC names, or what brings cards by itself; SpecError says what is wrong.

    A new card each time, unless the SPEC names an object of a module. An error inside the
    user's own code comes out as it is.
    """
    spec = Spec.parse(text)
    if not spec.source:
        raise SpecError(f"{text!r} names no card; built in are {_built_in()}")
    scheme, colon, rest = spec.source.partition(":")
    if scheme == "ports" and colon:
        return _with_ports(text.removeprefix("ports:"))
    if colon and scheme in SCHEMES:
        try:
            return SCHEMES[scheme](rest, spec.options)
        except (ValueError, RuntimeError) as error:
            raise SpecError(f"{text}: {error}") from error
    if colon:
        return _from_module(spec, scheme, rest)
    if spec.source.endswith(".toml"):
        return open_card(str(_from_toml(spec)))
    return _from_catalogue(spec)


def _with_ports(text: str) -> PortSlots:
    """A card whose ports have a slot each."""
    card = open_card(text)
    if not hasattr(card, "reset_port"):
        raise SpecError(f"{text}: this card has no ports to be put into slots")
    return PortSlots(cast(Ported, card))


def _memory(options: Options) -> Memory | None:
    """The memory that the option `state` names; takes its options out."""
    try:
        return memory(options)
    except ValueError as error:
        raise SpecError(str(error)) from error


# Built-in cards


def _from_catalogue(spec: Spec) -> Contact:
    if spec.source not in catalogue.CARDS:
        raise SpecError(_unknown(spec.source))
    options = dict(spec.options)
    kept = _memory(options)
    try:
        return catalogue.create(spec.source, kept, read_files(spec.source, options))
    except catalogue.MissingError as error:
        raise RuntimeError(f"{error}: {pip_install(error.extra)}") from error
    except ValueError as error:
        raise SpecError(str(error)) from error


def _unknown(source: str) -> str:
    message = f"no card is named {source!r}; built in are {_built_in()}"
    if source.endswith(".py"):
        return f"{message}. A card in a file is {source}:NAME"
    return f"{message}. Your own is FILE.py:NAME or MODULE:NAME"


def _built_in() -> str:
    return ", ".join(sorted(catalogue.CARDS))


# TOML


def _from_toml(spec: Spec) -> Spec:
    """What a TOML file says; options behind the `?` go before those of the file."""
    path = Path(spec.source).expanduser()
    try:
        table = tomllib.loads(path.read_text())
    except OSError as error:
        raise SpecError(f"{path}: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SpecError(f"{path}: {error}") from error
    options = dict(_flat(table))
    source = options.pop("card", "")
    if not source:
        raise SpecError(f'{path}: card = "..." is missing; built in are {_built_in()}')
    for name in paths(source) & options.keys():
        options[name] = str(path.parent / options[name])
    return Spec(source, options | spec.options)


def _flat(table: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Keys with dots, values as text, as they would stand behind a `?`."""
    pairs: list[tuple[str, str]] = []
    for key, value in table.items():
        if isinstance(value, dict):
            pairs += _flat(value, f"{prefix}{key}.")
        elif isinstance(value, list):
            pairs.append((prefix + key, ",".join(map(_text, value))))
        else:
            pairs.append((prefix + key, _text(value)))
    return pairs


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# Files and modules


def _from_module(spec: Spec, place: str, name: str) -> Contact:
    module = _load_file(Path(place)) if place.endswith(".py") else _import(place, spec)
    try:
        found = getattr(module, name)
    except AttributeError as error:
        there = ", ".join(sorted(key for key in vars(module) if not key.startswith("_")))
        raise SpecError(f"{place} has no {name!r}; it has {there or 'nothing'}") from error
    return _as_card(found, spec)


def _load_file(path: Path) -> ModuleType:
    path = path.expanduser().resolve()
    if not path.is_file():
        raise SpecError(f"{path}: no such file")
    name = f"vcard_file_{path.stem}"
    found = importlib.util.spec_from_file_location(name, path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules[name] = module
    sys.path.insert(0, str(path.parent))  # its neighbours can be imported, as by `python FILE`
    try:
        found.loader.exec_module(module)
    finally:
        sys.path.remove(str(path.parent))
    return module


def _import(place: str, spec: Spec) -> ModuleType:
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise  # the module is there, and misses another
        schemes = "".join(f", {scheme}:..." for scheme in sorted(SCHEMES))
        raise SpecError(
            f"{spec}: no module is named {place!r}; a SPEC is a built-in card ({_built_in()}), "
            f"FILE.py:NAME, MODULE:NAME, FILE.toml{schemes}"
        ) from error


def _as_card(found: object, spec: Spec) -> Contact:
    options = dict(spec.options)
    if isinstance(found, Applet | Card) or _is_contact(found):
        if options:
            raise SpecError(
                f"{spec}: {spec.source} is a finished {type(found).__name__} and takes no "
                "options; a function with parameters of these names would"
            )
        made: object = found
    elif isinstance(found, type) and issubclass(found, Applet):
        memory = _memory(options)
        return Card(_call(found, options, spec), memory=memory)
    elif callable(found):
        made = _call(found, options, spec)
    else:
        made = found
    if isinstance(made, Applet):
        return Card(made)
    if not _is_contact(made) and callable(getattr(made, "getATR", None)):
        from .vpcd.smartcard_os import SmartcardOsCard

        made = SmartcardOsCard(made)  # written for vsmartcard's package
    if not _is_contact(made):
        raise SpecError(f"{spec}: {type(made).__name__} is neither a card nor an applet")
    return made  # type: ignore[return-value] # _is_contact says so


def _is_contact(found: object) -> bool:
    return not isinstance(found, type) and all(
        callable(getattr(found, name, None)) for name in ("power_up", "power_down", "exchange")
    )


def _call(make: Callable[..., Any], options: Options, spec: Spec) -> Any:
    """Call a factory with the options that its parameters are named after."""
    try:
        parameters = inspect.signature(make).parameters
    except (ValueError, TypeError) as error:
        raise SpecError(f"{spec}: {spec.source} cannot be called to make a card") from error
    takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    known = [
        name
        for name, p in parameters.items()
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY) and name != "memory"
    ]
    unknown = [name for name in options if name not in (*known, *MEMORY_OPTIONS) and not takes_any]
    if unknown:
        has = ", ".join(known) or "none"
        raise SpecError(f"{spec}: {spec.source} has no option {unknown[0]!r}; it has {has}")
    missing = [
        name
        for name in known
        if parameters[name].default is inspect.Parameter.empty and name not in options
    ]
    if missing:
        raise SpecError(
            f"{spec}: {spec.source} needs the option {missing[0]!r}: {spec.source}?{missing[0]}=..."
        )
    if "memory" in parameters:
        memory = _memory(options)
        return make(**options, memory=memory)
    if options.keys() & MEMORY_OPTIONS and not takes_any:
        raise SpecError(f"{spec}: {spec.source} has no parameter `memory` to keep the state in")
    return make(**options)
