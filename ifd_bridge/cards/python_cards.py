"""Cards of a user's own Python: a card, an applet, or a class or function that makes one.

Its parameters are the options of the SPEC, and one named `memory` gets the card's memory.
"""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

from applets import catalogue
from vcard import Applet, Card, Contact

from ..spec import Options, Spec, SpecError
from ..system.python_file import load
from .option_files import MEMORY_OPTIONS, memory
from .schemes import SCHEMES


def from_python(spec: Spec, place: str, name: str) -> Contact:
    """Make a card of `name` in the file or module `place`; SpecError says why it cannot be.

    An error of the user's own code comes out as it is.
    """
    module = _load(Path(place)) if place.endswith(".py") else _import(place, spec)
    try:
        found = getattr(module, name)
    except AttributeError as error:
        there = ", ".join(sorted(key for key in vars(module) if not key.startswith("_")))
        raise SpecError(f"{place} has no {name!r}; it has {there or 'nothing'}") from error
    return _as_card(found, spec)


def _load(path: Path) -> ModuleType:
    try:
        return load(path)
    except FileNotFoundError as error:
        if error.args != (path.expanduser().resolve(),):
            raise  # the file is there, and misses another
        raise SpecError(f"{error}: no such file") from error


def _import(place: str, spec: Spec) -> ModuleType:
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{place}.".startswith(f"{error.name}."):
            raise  # the module is there, and misses another
        schemes = "".join(f", {scheme}:..." for scheme in sorted(SCHEMES))
        raise SpecError(
            f"{spec}: no module is named {place!r}; a SPEC is a built-in card"
            f" ({catalogue.listed()}), FILE.py:NAME, MODULE:NAME, FILE.toml{schemes}"
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
        kept = memory(options, spec.source)
        return Card(_call(found, options, spec), memory=kept)
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
        kept = memory(options, spec.source)
        return make(**options, memory=kept)
    if options.keys() & MEMORY_OPTIONS and not takes_any:
        raise SpecError(f"{spec}: {spec.source} has no parameter `memory` to keep the state in")
    return make(**options)
