"""Readers as users name them: a number, a part of the name, or a name as printed by a program."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .place import Place

_AS_LISTED = re.compile(r"(\d+)/\d+")
_AS_CLIENTS_PRINT = re.compile(r"(.+) [0-9A-F]{2} [0-9A-F]{2}")


def plain(text: str) -> str:
    """`0/1` as `vcard list` prints it is reader 0, `NAME 00 00` as clients print it is NAME."""
    for form in (_AS_LISTED, _AS_CLIENTS_PRINT):
        if found := form.fullmatch(text):
            return found[1]
    return text


def find(places: Sequence[Place], reader: str | int) -> Place:
    """Return the place that is named; an exact name wins. ValueError names those there are."""
    named = plain(str(reader))
    for place in places:
        if named == str(place.number):
            return place
    exact = [place for place in places if named in (place.name, place.model.name)]
    found = exact or [place for place in places if named.lower() in place.name.lower()]
    if len(found) == 1:
        return found[0]
    question = "which" if found else "no"
    raise ValueError(f"{question} reader is {reader!r}? There are {names(found or places)}")


def names(places: Sequence[Place]) -> str:
    """Readers as a message tells them: number and name of each."""
    return ", ".join(f"{place.number} {place.name!r}" for place in places) or "none"
